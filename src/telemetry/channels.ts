import {channel} from 'node:diagnostics_channel';
import {EVENT_NAMES, type EventChannels} from '../engine/events.ts';

/**
 * A channel of `node:diagnostics_channel` for each event: `smartcar-policy:attempt` and so on. Held here, since Node forgets
 * a channel that nobody holds.
 */
export const CHANNELS: EventChannels = Object.fromEntries(
  EVENT_NAMES.map(event => [event, channel(`smartcar-policy:${event}`)]),
) as object as EventChannels;
