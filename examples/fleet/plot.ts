import type {Policy} from 'smartcar-policy';
import type {Simulator} from 'smartcar-policy/simulator';
import type {Crew} from './crew.ts';
import {ownersComeBack} from './owners.ts';
import {EXPIRY_AT_MS, KILL_AT_MS, OWNERS_BACK_AT_MS} from './plan.ts';
import type {Screen} from './screen.ts';

/** Something that happens in the middle. */
export interface Act {
  /** From the start of the work. */
  readonly atMs: number;
  readonly happen: () => Promise<void>;
}

interface Stage {
  readonly simulator: Simulator;
  readonly policy: Policy;
  readonly crew: Crew;
  readonly screen: Screen;
}

export function plotOf({simulator, policy, crew, screen}: Stage): readonly Act[] {
  return [
    {
      atMs: EXPIRY_AT_MS,
      async happen() {
        simulator.expireAccessTokens();
        screen.note(
          'all access tokens end: whoever meets one that is dead has it renewed, for all processes',
        );
      },
    },
    {
      atMs: KILL_AT_MS,
      async happen() {
        const killed = await crew.killOne();
        const how = killed?.inCommand
          ? 'it has just sent a command, and has no answer yet'
          : 'in the middle of it all';
        screen.note(killed ? `SIGKILL for ${killed.name}: ${how}` : 'one worker is left, and spared');
      },
    },
    {
      atMs: OWNERS_BACK_AT_MS,
      async happen() {
        const count = await ownersComeBack(policy);
        screen.note(`${count} owners have reconnected: their parked calls go on`);
      },
    },
  ];
}
