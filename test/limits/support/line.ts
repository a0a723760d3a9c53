import type {GateNews, Member, Peers, TurnRequest, Turns} from '../../../src/ports.ts';
import {setup, type Setup, type SetupOptions} from './gates.ts';

/** The line to other processes, of which there is none: it writes down what was said, and answers as it is told to. */
export interface Line {
  readonly peers: Peers;
  /** What was said, a line each. */
  readonly log: string[];
  /** What was told of scopes, in full. */
  readonly news: GateNews[];
  /** What turns were asked for. */
  readonly asked: TurnRequest[];
  /** Says what the next who ask will be given; without it, what they want. */
  answer: ((request: TurnRequest) => Turns | Promise<Turns>) | undefined;
  current: boolean;
  /** As the others reach this process. */
  readonly member: Member;
}

function lineOf(): Line {
  let joined: Member | undefined;
  const log: string[] = [];
  const asked: TurnRequest[] = [];
  const news: GateNews[] = [];
  const line: Line = {
    log,
    asked,
    news,
    answer: undefined,
    current: true,
    get member(): Member {
      return joined!;
    },
    peers: {
      join(member) {
        joined = member;
        return {
          get current() {
            return line.current;
          },
          async sync() {
            log.push('sync');
          },
          tell(change, one) {
            log.push(`tell ${change} ${one.key}`);
            news.push(one);
          },
          async take(request) {
            asked.push(request);
            return line.answer ? line.answer(request) : {given: request.wanted, againInMs: 0};
          },
          giveBack: ({key}, turns) => log.push(`give back ${turns} of ${key}`),
          probeOver: key => log.push(`probe over ${key}`),
          close: () => Promise.resolve(),
        };
      },
    },
  };
  return line;
}

/** Gates of a process at the end of such a line. */
export function setupWithLine(options: SetupOptions = {}): Setup & {readonly line: Line} {
  const line = lineOf();
  return {line, ...setup({...options, peers: line.peers})};
}

export const USER = 'user:ada';

/** Half a second to go until a probe. */
export const newsOf = (over: Partial<GateNews> = {}): GateNews => ({
  key: USER,
  restMs: 500,
  reason: 'told',
  failedProbes: 0,
  passed: false,
  ...over,
});
