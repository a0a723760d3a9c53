import type {Webhook, WebhookEventType, WebhookSpec} from './types.ts';

/** A webhook as the simulator keeps it. */
export interface Hook {
  readonly id: string;
  readonly settings: Omit<Webhook, 'id' | 'vehicles'>;
  /** Ids of the cars it is subscribed to. Undefined: every car. */
  readonly vehicles: Set<string> | undefined;
  /** Cars that were taken out of a webhook for every car. */
  readonly without: Set<string>;
  /** Cars that it has been told the state of. */
  readonly met: Set<string>;
}

const eventTypes: readonly WebhookEventType[] = ['VEHICLE_ERROR', 'VEHICLE_STATE'];

/** Fills in defaults, and refuses what could not mean anything, by name. */
export function createHook(id: string, spec: WebhookSpec): Hook {
  const {events = eventTypes, version = '4.0', verify = true, duplicates = 0, disorderMs = 0} = spec;
  checkUrl(spec.url);
  const stranger = events.find(event => !eventTypes.includes(event));
  if (events.length === 0 || stranger !== undefined)
    throw expected('events', `some of ${eventTypes.join(', ')}`, stranger ?? 'none');
  if (version !== '4.0' && version !== '2.0') throw expected('version', "'4.0' or '2.0'", version);
  if (!(duplicates >= 0 && duplicates <= 1)) throw expected('duplicates', 'a share from 0 to 1', duplicates);
  if (!(disorderMs >= 0 && Number.isFinite(disorderMs)))
    throw expected('disorderMs', 'a number from 0 up', disorderMs);
  return {
    id,
    settings: {url: spec.url, events: [...events], version, verify, duplicates, disorderMs},
    vehicles: spec.vehicles === undefined ? undefined : new Set(spec.vehicles),
    without: new Set(),
    met: new Set(),
  };
}

export function describeHook({id, settings, vehicles}: Hook): Webhook {
  return {id, ...settings, vehicles: vehicles === undefined ? undefined : [...vehicles]};
}

export function wants({settings, vehicles, without}: Hook, type: WebhookEventType, vehicle: string): boolean {
  const covered = vehicles === undefined ? !without.has(vehicle) : vehicles.has(vehicle);
  return covered && settings.events.includes(type);
}

/** Changes nothing where the webhook is for every car already. */
export function subscribe({vehicles, without}: Hook, vehicle: string): void {
  vehicles?.add(vehicle);
  without.delete(vehicle);
}

/** Whoever subscribes again is told everything anew. */
export function unsubscribe({vehicles, without, met}: Hook, vehicle: string): void {
  if (vehicles === undefined) without.add(vehicle);
  else vehicles.delete(vehicle);
  met.delete(vehicle);
}

function checkUrl(url: string): void {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:')
    throw expected('url', 'an http or https URL', url);
  // Not repeated: it holds a password.
  if (parsed.username !== '' || parsed.password !== '')
    throw new Error('Expected `url` to be without a user name and a password, got one with them');
}

function expected(name: string, what: string, came: unknown): Error {
  return new Error(`Expected \`${name}\` to be ${what}, got \`${String(came)}\``);
}
