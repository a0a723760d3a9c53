import * as v from 'valibot';
import type {Clock} from './clock.ts';
import {isObject} from './json.ts';
import {type LimitOptions, limitsSchema} from './limits/options.ts';
import type {TokenOptions} from './oauth/tokens.ts';
import {type Shape, checked, object, shown} from './options/check.ts';
import * as shapes from './options/shapes.ts';
import type {SimulatorOptions} from './types.ts';
import type {Application} from './world.ts';

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly port: number;
  readonly origins: 'one' | 'several';
  readonly clock: Clock;
  readonly speed: number;
  readonly seed: number | undefined;
  readonly application: Application;
  readonly pages: 'browsers' | 'everybody' | 'nobody';
  readonly tokens: TokenOptions;
  readonly limits: LimitOptions;
  readonly latencyMs: number;
}

/** Smartcar keeps three secrets at most. */
const mostFurtherSecrets = 2;

/** The last port that has room for six origins in a row. */
const lastPortOfSix = 65_535 - 5;

/** A second is thirty years then; the calendar of the platform still lasts for three months. */
const fastest = 1e9;

const clock: Shape<Clock> = v.custom<Clock>(
  value => isObject(value) && typeof value['now'] === 'function',
  'a clock with now()',
);

// Basic authorization is the plain `id:secret`, so that the first colon ends the id.
const clientId = v.pipe(
  shapes.text,
  v.check(value => !value.includes(':'), 'a text without a colon'),
);

const redirectUri = v.pipe(
  v.string('an absolute URL without a fragment'),
  v.check(value => URL.canParse(value) && !value.includes('#'), 'an absolute URL without a fragment'),
);

const moreSecrets = v.pipe(
  shapes.listOf(shapes.text, 'a list of texts'),
  v.maxLength(mostFurtherSecrets, `a list of ${mostFurtherSecrets} at most`),
);

const shape: Shape<SimulatorOptions> = object({
  port: v.exactOptional(shapes.wholeNumber(0, 65_535)),
  origins: v.exactOptional(shapes.oneOf('one', 'several')),
  clock: v.exactOptional(clock),
  speed: v.exactOptional(
    shapes.number('a number above 0, up to 1e9', value => value > 0 && value <= fastest),
  ),
  seed: v.exactOptional(shapes.seed),
  clientId: v.exactOptional(clientId),
  clientSecret: v.exactOptional(shapes.text),
  moreClientSecrets: v.exactOptional(moreSecrets),
  applicationId: v.exactOptional(shapes.text),
  applicationManagementToken: v.exactOptional(shapes.text),
  redirectUris: v.exactOptional(
    v.pipe(
      shapes.listOf(redirectUri, 'a list of URLs'),
      v.minLength(1, 'a list of one URL at least; without the option any will do'),
    ),
  ),
  pages: v.exactOptional(shapes.oneOf('browsers', 'everybody', 'nobody')),
  tokens: v.exactOptional(shapes.tokens),
  limits: v.exactOptional(limitsSchema),
  latencyMs: v.exactOptional(shapes.durationMs),
} satisfies shapes.Every<SimulatorOptions>);

/** Fills in defaults, and refuses options that could not mean anything, by name, before anything listens. */
export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const given = checked(shape, withoutAbsent(options), {
    whole: 'the options of startSimulator',
    part: 'option',
  });
  const {port = 0, origins = 'one', clientSecret = 'simulator-secret', moreClientSecrets = []} = given;
  if (origins === 'several' && port > lastPortOfSix) {
    throw new TypeError(
      `Expected \`port\` to be at most ${lastPortOfSix}, with room for six origins in a row, got ${shown(port)}.`,
    );
  }
  return {
    port,
    origins,
    clock: given.clock ?? {now: Date.now},
    speed: given.speed ?? 1,
    seed: given.seed,
    application: {
      clientId: given.clientId ?? 'client_simulator',
      clientSecrets: [clientSecret, ...moreClientSecrets],
      applicationId: given.applicationId ?? 'simulator-application',
      managementToken: given.applicationManagementToken ?? 'simulator-management-token',
      redirectUris: given.redirectUris,
    },
    pages: given.pages ?? 'browsers',
    tokens: given.tokens ?? {},
    limits: given.limits ?? {},
    latencyMs: given.latencyMs ?? 0,
  };
}

/** Undefined is as good as not given. A clock stays the object it is. */
function withoutAbsent(options: unknown): unknown {
  if (!isObject(options)) return options;
  const {tokens, limits} = options;
  const tidied = {
    ...options,
    tokens: present(tokens),
    limits: isObject(limits)
      ? Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, present(limit)]))
      : limits,
  };
  return present({...tidied, limits: present(tidied.limits)});
}

function present(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
