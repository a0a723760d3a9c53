import type {Hint} from './facts.ts';
import {addressOf} from './paths.ts';
import {quoted} from './wording.ts';

const CAUSES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing listens there'],
  ['ENOTFOUND', 'the name of the host is not known'],
  ['EAI_AGAIN', 'the look-up of names does not answer'],
  ['EHOSTUNREACH', 'there is no way to the host'],
  ['ENETUNREACH', 'there is no way to its network'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection came about in time'],
]);

const TOO_SOON: readonly string[] = [
  'Smartcar may work on a request for five minutes: an `attemptTimeoutMs` below 310000 gives up before it does.',
];

/** No answer came. */
export const network: Hint = facts => {
  const {reason, failure, oauth} = facts;
  if (reason === 'timed-out') return TOO_SOON;
  const {code = '', type, status} = failure;
  if (type !== undefined || status !== undefined) return [];
  const cause = CAUSES.get(code);
  const origin = addressOf(facts)?.origin;
  const where = oauth === true ? 'the token endpoint' : origin === undefined ? 'Smartcar' : quoted(origin);
  if (cause !== undefined) {
    return [`${quoted(code)} for ${where}: ${cause}. See the option \`origins\`, the network and its proxy.`];
  }
  if (code === 'TimeoutError') return TOO_SOON;
  return reason === 'connection-lost' || /^(ECONN|EPIPE|ETIMEDOUT|UND_ERR)/.test(code)
    ? [
        `The connection to ${where} broke off${code === '' ? '' : ` (${quoted(code)})`}: a proxy or a keep-alive that is too long, if it goes on.`,
      ]
    : [];
};
