import type {GateKey} from '../ports.ts';
import type {Connection} from './connection.ts';
import {keepProbe} from './scripts/gates.ts';

/** After so long a probe that has not come back is not waited for any more, or its process has died. */
const LEASE_MS = 10_000;
const RENEW_MS = LEASE_MS / 3;

/** The probes that this process has under way. */
export interface ProbeLeases {
  readonly leaseMs: number;
  /** Keeps it this process's until it is dropped, however long it takes: nobody else may ask this car meanwhile. */
  hold(key: GateKey): void;
  drop(key: GateKey): void;
  dropAll(): void;
}

export function probeLeases(run: Connection['run'], base: string, self: string): ProbeLeases {
  const held = new Map<GateKey, NodeJS.Timeout>();
  const drop = (key: GateKey): void => {
    clearInterval(held.get(key));
    held.delete(key);
  };
  return {
    leaseMs: LEASE_MS,
    hold(key) {
      drop(key);
      const keep = (): void => {
        run(keepProbe, [base], [key, self, LEASE_MS]).then(
          // The gate has closed again, or another has it.
          kept => (kept === 0 ? drop(key) : undefined),
          () => undefined,
        );
      };
      held.set(key, setInterval(keep, RENEW_MS).unref());
    },
    drop,
    dropAll() {
      for (const key of held.keys()) drop(key);
    },
  };
}
