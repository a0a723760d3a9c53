/** A link lets whoever holds it connect a car to this owner; a webhook's body tells where a car is. */
const KEPT_BACK: ReadonlySet<string> = new Set(['connectUrl', 'userMessage', 'raw']);

/** An event as it may stand in a log that many read. No event has a token in it to begin with. */
export function loggable(event: object): Record<string, unknown> {
  const kept = Object.entries(event).filter(([name]) => !KEPT_BACK.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutLink(value)]));
}

/** The server's own link to Connect stands in `failure.resolution.url`, and in the errors of a webhook. */
function withoutLink(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLink);
  if (typeof value !== 'object' || value === null) return value;
  const {url: _url, ...resolution} = (value as {resolution?: {url?: unknown}}).resolution ?? {};
  return 'resolution' in value ? {...value, resolution} : value;
}
