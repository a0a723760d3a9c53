import {EVENT_NAMES, type EventName, type Events, type PolicyEvents} from '../engine/events.ts';
import {levelOf, type Level} from './levels.ts';
import {loggable} from './loggable.ts';
import {sentenceOf} from './sentences.ts';

/**
 * Whatever has the four levels: pino, `console`, or your own. pino and bunyan get `(object, message)`, all others
 * `(message, object)`.
 */
export interface Logger {
  debug(...parts: readonly unknown[]): unknown;
  info(...parts: readonly unknown[]): unknown;
  warn(...parts: readonly unknown[]): unknown;
  error(...parts: readonly unknown[]): unknown;
}

/** What a logger may have besides, by which its manner is known. */
type Known = Logger & {
  /** pino's. */
  readonly bindings?: unknown;
  /** pino's and winston's. */
  readonly isLevelEnabled?: (level: Level) => unknown;
  /** bunyan's. */
  readonly addSerializers?: unknown;
};

/** Says each event in one plain sentence. What the logger throws is a listener's error: it breaks no call. */
export function logTo(logger: Logger, events: Pick<Events, 'on'>): void {
  const write = writerOf(logger);
  for (const event of EVENT_NAMES)
    events.on(event, payload => write(event, payload, levelOf(event, payload)));
}

type Write = <E extends EventName>(event: E, payload: PolicyEvents[E], level: Level) => unknown;

/** What the logger returns goes back, since it may be a promise that rejects. */
function writerOf(logger: Known): Write {
  const objectFirst = typeof logger.bindings === 'function' || typeof logger.addSerializers === 'function';
  const asks = typeof logger.isLevelEnabled === 'function';
  return (event, payload, level) => {
    if (asks && logger.isLevelEnabled?.(level) === false) return undefined;
    const sentence = sentenceOf(event, payload);
    // Below one member, so that nothing of it meets what the product, or the logger, has under the same name.
    const data = {smartcarPolicy: {event, ...loggable(payload)}};
    return objectFirst ? logger[level](data, sentence) : logger[level](unformatted(sentence), data);
  };
}

/** `console` takes `%c`, as in the path `…/%c3%a9`, for a place to put the event into. */
const unformatted = (sentence: string): string => sentence.replaceAll(/%(?=[sdifjoOc%])/g, '%25');
