import type {Dice} from '../dice.ts';
import {member} from '../json.ts';
import type {Dispatch} from './dispatch.ts';
import type {Hook} from './hooks.ts';
import {type Answer, sign} from './post.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Asks the owner of a URL to prove that they know the application management token. Signed like every delivery, although
 * some integrations saw it come without.
 * @see https://smartcar.com/docs/integrations/webhooks/callback-verification
 */
export async function challenge(hook: Hook, dispatch: Dispatch, dice: Dice, token: string): Promise<void> {
  const text = Array.from({length: 16}, () => letters[Math.floor(dice.share() * letters.length)]).join('');
  const answer = await dispatch.ask({
    hook,
    eventId: dice.uuid(),
    content: {eventType: 'VERIFY', mode: 'LIVE', data: {challenge: text}},
  });
  const wrong = whatCame(answer, sign(token, text));
  if (wrong === undefined) return;
  const {origin, pathname} = new URL(hook.settings.url);
  throw new Error(
    `Expected ${origin}${pathname} to answer the challenge with status 200 and JSON {"challenge": "…"}, got ${wrong}`,
  );
}

/** Undefined for the right answer. Never says what that would have been. */
function whatCame({status, text = ''}: Answer, expected: string): string | undefined {
  if (status === 'late') return 'no answer within 15 s';
  if (status === 'failed') return 'no answer: the connection failed';
  if (status !== 200) return `status ${status}`;
  const given = member(parse(text), 'challenge');
  if (given === expected) return undefined;
  return typeof given === 'string'
    ? 'a `challenge` that is not the hex HMAC-SHA256 of the one sent, with the application management token as key'
    : 'a body that is not such JSON';
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
