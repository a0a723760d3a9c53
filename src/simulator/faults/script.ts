import {type Dice, createDice} from '../dice.ts';
import {checked} from './expected.ts';
import {type Match, type Subject, describeMatch, fits} from './match.ts';
import type {Reply} from './replies.ts';
import {matchSchema, replySchema} from './schema.ts';

export type {Match, Subject} from './match.ts';

export interface Script {
  /** Returns what takes the line back. */
  readonly add: (match: Match, reply: Reply) => () => void;
  /** Takes the first reply that fits and is drawn, if any. */
  readonly take: (subject: Subject) => Reply | undefined;
  readonly unused: () => Match[];
  /** One line for each reply that is left. */
  readonly leftovers: () => string[];
}

interface Line {
  readonly match: Match;
  readonly reply: Reply;
  /** Of its own for each line, so that no other line changes who is drawn. */
  readonly dice: Dice | undefined;
  left: number;
}

/** Refuses a line that could not be sent while its author still sees the stack: any value may come in. */
export function createScript(seed: number): Script {
  const lines: Line[] = [];
  let shares = 0;
  const open = () => lines.filter(({left}) => left !== Infinity);
  const remove = (line: Line) => {
    const index = lines.indexOf(line);
    if (index !== -1) lines.splice(index, 1);
  };

  function diceFor({share, seed: own}: Match): Dice | undefined {
    if (share === undefined) return undefined;
    shares += 1;
    return own === undefined ? createDice(seed, `share ${shares}`) : createDice(own, 'share');
  }

  return {
    add(givenMatch, givenReply) {
      const match = checked(matchSchema, givenMatch, 'match');
      const reply = checked(replySchema, givenReply, 'reply');
      const times = match.times ?? (match.share === undefined ? 1 : Infinity);
      const line: Line = {match, reply, dice: diceFor(match), left: times};
      lines.push(line);
      return () => remove(line);
    },
    take(subject) {
      // Whoever fits draws, even behind a line that has the request: their next draw must not depend on it.
      const [taken] = lines.filter(line => fits(line.match, subject) && isDrawn(line));
      if (taken === undefined) return undefined;
      taken.left -= 1;
      if (taken.left === 0) remove(taken);
      return taken.reply;
    },
    unused: () => open().map(line => line.match),
    leftovers: () =>
      open().map(({match, reply, left}) => `${left} × ${describeMatch(match)} → ${describeReply(reply)}`),
  };
}

function isDrawn({match: {share = 1}, dice}: Line): boolean {
  return dice === undefined || dice.share() < share;
}

/** Bodies and headers may hold what nobody should read in a log. */
function describeReply(reply: Reply): string {
  const text = JSON.stringify(reply, (name, value: unknown) =>
    name === 'body' || name === 'headers' ? '…' : value,
  );
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
