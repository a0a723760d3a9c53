import {v2Error} from '../errors/envelopes.ts';
import {withLink} from '../errors/vehicle-fault.ts';
import type {OwnerState} from '../fleet/owner.ts';
import type {Car} from '../fleet/vehicle.ts';
import type {Fault} from '../http/answer.ts';
import {isObject, member} from '../json.ts';
import {describeSignal, findSignalFault, signals} from '../v3/signals.ts';
import type {World} from '../world.ts';
import type {Content} from './payload.ts';
import type {ErrorEvent, StateEvent, Webhook} from './types.ts';

/** Whom an event is about. */
export interface Subject {
  readonly owner: OwnerState;
  readonly car: Car;
}

/** Something to tell. The triggers of a state are the signals it sends, unless they are named. */
export type Occurrence = ErrorEvent | (StateEvent & {readonly triggers?: readonly string[]});

/** How a webhook wants to be told. */
export interface Manner {
  readonly version: Webhook['version'];
  /** Whether it has been told nothing of this car's state before. */
  readonly first: boolean;
}

/** Throws for a signal that nobody knows. What the car says is read once, for all webhooks. */
export function describeEvent(
  world: World,
  subject: Subject,
  event: Occurrence,
): (manner: Manner) => Content {
  const {owner, car} = subject;
  const {id, make, model, year} = car.state;
  const about = {user: {id: owner.id}, vehicle: {id, make, model, year}};
  const {mode = 'LIVE'} = event;
  if ('error' in event) {
    const concerned = event.signals?.map(nameSignal);
    return ({version}) => ({
      eventType: 'VEHICLE_ERROR',
      vehicle: id,
      mode,
      data: {...about, errors: [describeError(world, id, event, concerned, version)]},
    });
  }
  const codes = event.signals ?? signals.map(({code}) => code);
  const triggers = (event.triggers ?? codes).map(nameSignal);
  const told = codes.map(code => describeState(world, subject, code));
  return ({first}) => ({
    eventType: 'VEHICLE_STATE',
    vehicle: id,
    mode,
    data: {...about, triggers: first ? [{code: 'FIRST_DELIVERY'}] : triggers, signals: told},
  });
}

/** https://smartcar.com/docs/api-reference/webhooks/events/vehicle-error */
function describeError(
  world: World,
  vehicle: string,
  {error, state = 'ERROR', resolution}: ErrorEvent,
  concerned: readonly unknown[] | undefined,
  version: Webhook['version'],
): Record<string, unknown> {
  const plain: Fault = resolution === undefined ? {error} : {error, resolution};
  const fault = withLink(world, plain, vehicle, version === '2.0' ? '2.0' : '3');
  const told = v2Error(fault, '');
  const named = concerned === undefined ? {} : {signals: concerned};
  const {type, code, description} = told;
  if (state === 'RESOLVED') {
    // What is over asks nothing of anybody.
    const asked = resolution === undefined || resolution === 'omit' ? {} : {resolution};
    return {type, code, state, description: `This is over: ${String(description)}`, ...asked, ...named};
  }
  const {docURL, suggestedUserMessage} = told;
  return {
    type,
    code,
    state,
    description,
    docURL,
    ...(suggestedUserMessage === undefined ? {} : {suggestedUserMessage}),
    ...('resolution' in told ? {resolution: told['resolution']} : {}),
    ...named,
  };
}

/** Without the envelope that v3 puts around a signal; a status takes the place of a body that can't be had. */
function describeState(world: World, subject: Subject, code: string): unknown {
  const signal = findSignal(code);
  const {state} = subject.car;
  const now = world.now();
  const url = `${world.origin('apiV3')}/v3/vehicles/${state.id}`;
  const described = describeSignal(state, signal, findSignalFault(world, subject, signal), now, url);
  const head = nameSignal(code);
  const value = member(described, 'attributes', 'status', 'value');
  if (value !== 'SUCCESS') {
    const error = member(described, 'attributes', 'status', 'error');
    const {type, code: reason} = isObject(error) ? error : {};
    return {...head, status: {value, ...(error === undefined ? {} : {error: {type, code: reason}})}};
  }
  // One page calls it `fetchedAt`, another `retrievedAt`.
  const meta = {oemUpdatedAt: member(described, 'meta', 'oemUpdatedAt'), fetchedAt: now, retrievedAt: now};
  return {...head, body: member(described, 'attributes', 'body'), meta};
}

function nameSignal(wanted: string): {
  readonly code: string;
  readonly name: string;
  readonly group: string;
} {
  const {code, name, group} = findSignal(wanted);
  return {code, name, group};
}

function findSignal(wanted: string): (typeof signals)[number] {
  const signal = signals.find(({code}) => code === wanted);
  if (signal === undefined)
    throw new Error(`Expected the code of a signal, as \`odometer-traveleddistance\`, got \`${wanted}\``);
  return signal;
}
