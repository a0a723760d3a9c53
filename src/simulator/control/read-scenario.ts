import * as v from 'valibot';
import {limitsSchema} from '../limits/options.ts';
import {type Shape, checked, object} from '../options/check.ts';
import * as shapes from '../options/shapes.ts';
import {parseJson} from './json-syntax.ts';
import type {Actions, Scenario, Step} from './scenario.ts';
import {passingLine} from './script-shapes.ts';
import {access, event, grantedOwner, webhook} from './shapes.ts';
import {vehicleChange} from './vehicle-shape.ts';

const actions: {readonly [Name in keyof Actions]: Shape<Actions[Name]>} = {
  advance: shapes.durationMs,
  jump: shapes.number('a finite number of milliseconds', Number.isFinite),
  revoke: access,
  restore: access,
  expireAccessTokens: v.union([v.literal(true), shapes.text], 'true, or the id of an owner'),
  next: passingLine,
  setLimits: limitsSchema,
  updateVehicle: object({vehicle: shapes.text, change: vehicleChange}),
  sendEvent: event,
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the literal above
const actionNames = Object.keys(actions) as readonly (keyof Actions)[];

const oneAction = `an object with atMs and one of ${actionNames.join(', ')}`;

const step: Shape<Step> = v.pipe(
  object(
    {
      atMs: shapes.durationMs,
      advance: v.exactOptional(actions.advance),
      jump: v.exactOptional(actions.jump),
      revoke: v.exactOptional(actions.revoke),
      restore: v.exactOptional(actions.restore),
      expireAccessTokens: v.exactOptional(actions.expireAccessTokens),
      next: v.exactOptional(actions.next),
      setLimits: v.exactOptional(actions.setLimits),
      updateVehicle: v.exactOptional(actions.updateVehicle),
      sendEvent: v.exactOptional(actions.sendEvent),
    } satisfies shapes.Every<Actions & {atMs: number}>,
    oneAction,
  ),
  v.check(given => actionNames.filter(name => name in given).length === 1, oneAction),
  v.transform(given => given as Step),
);

/** What a scenario file holds. */
export const scenario: Shape<Scenario> = object({
  description: v.exactOptional(v.string('a text')),
  seed: v.exactOptional(shapes.seed),
  tokens: v.exactOptional(shapes.tokens),
  latencyMs: v.exactOptional(shapes.durationMs),
  limits: v.exactOptional(limitsSchema),
  owners: v.exactOptional(shapes.listOf(grantedOwner, 'a list of owners')),
  script: v.exactOptional(shapes.listOf(passingLine, 'a list of scripted replies')),
  revoke: v.exactOptional(shapes.listOf(access, 'a list of what is revoked')),
  webhooks: v.exactOptional(shapes.listOf(webhook, 'a list of webhooks')),
  timeline: v.exactOptional(shapes.listOf(step, 'a list of steps')),
} satisfies shapes.Every<Scenario>);

/**
 * Reads a scenario from the text of its file, or from what was parsed of it. Throws a `SyntaxError` that names line and
 * column, or a `TypeError` that names each member, what was expected, and what came.
 */
export function readScenario(given: unknown): Scenario {
  const value = typeof given === 'string' ? parseJson(given, 'the scenario') : given;
  return checked(scenario, value, {whole: 'the scenario'});
}

/** What only `startSimulator` can take. */
export type AtStart = Pick<Scenario, 'seed' | 'tokens' | 'latencyMs'>;

/** Parts a scenario into options for `startSimulator` and what `play` takes. */
export function divideScenario(whole: Scenario): {readonly atStart: AtStart; readonly toPlay: Scenario} {
  const {seed, tokens, latencyMs, ...toPlay} = whole;
  return {
    atStart: {
      ...(seed === undefined ? {} : {seed}),
      ...(tokens === undefined ? {} : {tokens}),
      ...(latencyMs === undefined ? {} : {latencyMs}),
    },
    toPlay,
  };
}
