import * as v from 'valibot';
import type {Access} from '../fleet/access.ts';
import type {OwnerSpec} from '../fleet/owner.ts';
import {isObject} from '../json.ts';
import {type Shape, object} from '../options/check.ts';
import {type Every, durationMs, listOf, number, oneOf, share, text, yesOrNo} from '../options/shapes.ts';
import type {ErrorEvent, StateEvent, WebhookSpec} from '../webhooks/types.ts';
import {vehicle} from './vehicle-shape.ts';

/** The bodies of control, which are the parts of a scenario as well. */

const permission = v.pipe(text, v.regex(/^(read|control)_[a-z_]+$/, 'a permission such as read_odometer'));
const permissions = listOf(permission, 'a list of permissions such as ["read_odometer"]');
const vehicleIds = listOf(text, 'a list of vehicle ids');

const ownerEntries = {
  id: v.exactOptional(text),
  email: v.exactOptional(text),
  password: v.exactOptional(text),
  vehicles: v.exactOptional(listOf(vehicle, 'a list of vehicles')),
  scope: v.exactOptional(permissions),
  connected: v.exactOptional(yesOrNo),
} satisfies Every<OwnerSpec>;

export const owner: Shape<OwnerSpec> = object(ownerEntries);

/** The scope and the cars of a token pair to hand out. */
export interface GrantSpec {
  readonly scope?: readonly string[];
  readonly vehicles?: readonly string[];
}

export const grant: Shape<GrantSpec> = object({
  scope: v.exactOptional(permissions),
  vehicles: v.exactOptional(vehicleIds),
});

const grantOrYes: Shape<GrantSpec | true> = v.lazy((input): Shape<GrantSpec | true> => {
  return isObject(input) ? grant : v.literal(true, 'true, or an object with scope and vehicles');
});

/** An owner of a scenario, who may start with a token pair. */
export const grantedOwner: Shape<OwnerSpec & {readonly grant?: GrantSpec | true}> = object({
  ...ownerEntries,
  grant: v.exactOptional(grantOrYes),
});

const accesses: Readonly<Record<string, Shape<Access>>> = {
  grant: object({owner: text, how: v.literal('grant')}),
  permission: object({
    owner: text,
    how: v.literal('permission'),
    permission,
    vehicle: v.exactOptional(text),
  }),
  login: object({owner: text, how: v.literal('login'), vehicle: text}),
};

const anyAccess = object({
  owner: text,
  how: oneOf('grant', 'permission', 'login'),
  permission: v.exactOptional(permission),
  vehicle: v.exactOptional(text),
}) as Shape<Access>;

/** Picked by `how`, so that a complaint is about the kind that was meant. */
export const access: Shape<Access> = v.lazy(input => {
  const how = isObject(input) ? input['how'] : undefined;
  return (typeof how === 'string' && Object.hasOwn(accesses, how) ? accesses[how] : undefined) ?? anyAccess;
});

export const period: Shape<{readonly ms: number}> = object({ms: durationMs});

export const leap: Shape<{readonly ms: number}> = object({
  ms: number('a finite number of milliseconds', Number.isFinite),
});

const eventTypes = oneOf('VEHICLE_ERROR', 'VEHICLE_STATE');

export const webhook: Shape<WebhookSpec> = object({
  url: v.pipe(
    v.string('an absolute http or https URL'),
    v.check(value => /^https?:\/\//i.test(value) && URL.canParse(value), 'an absolute http or https URL'),
  ),
  events: v.exactOptional(listOf(eventTypes, 'a list of event types')),
  vehicles: v.exactOptional(vehicleIds),
  version: v.exactOptional(oneOf('4.0', '2.0')),
  verify: v.exactOptional(yesOrNo),
  duplicates: v.exactOptional(share),
  disorderMs: v.exactOptional(durationMs),
} satisfies Every<WebhookSpec>);

const eventEntries = {
  vehicle: text,
  signals: v.exactOptional(listOf(text, 'a list of signal codes')),
  mode: v.exactOptional(oneOf('LIVE', 'TEST')),
} satisfies Every<StateEvent>;

const errorEvent: Shape<ErrorEvent> = object({
  ...eventEntries,
  error: text,
  state: v.exactOptional(oneOf('ERROR', 'RESOLVED')),
  resolution: v.exactOptional(v.unknown()),
} satisfies Every<ErrorEvent>);

const stateEvent: Shape<StateEvent> = object(eventEntries);

/** An error where it names one, else new data. */
export const event: Shape<ErrorEvent | StateEvent> = v.lazy((input): Shape<ErrorEvent | StateEvent> =>
  isObject(input) && ('error' in input || 'state' in input || 'resolution' in input)
    ? errorEvent
    : stateEvent,
);
