import {exponentialDelay} from 'axios-retry';
import {
  ours,
  withAxiosRetry,
  withCockatiel,
  withKy,
  withPRetry,
  type Contender,
} from './virtual/contenders.ts';
import {failingService, readingOf} from './virtual/services.ts';
import {printTable} from './virtual/table.ts';
import {onFakeTime, pause, seeded} from './virtual/time.ts';

const RATES = [0.1, 0.3, 0.5, 0.7, 0.9, 1];
const CLIENTS = 100;
const CALLS = 1_200;
/** Ten calls a second from all clients together: 120 virtual seconds. */
const EVERY_MS = 100;

/** Three repeats each. */
const CONTENDERS = [
  ours('smartcar-policy'),
  withPRetry(3),
  withKy({limit: 3, statusCodes: [502]}),
  withAxiosRetry({retries: 3, retryDelay: exponentialDelay}),
  withCockatiel(3),
];

/** Calls sent for each call asked, and what came of it, as the service fails more. Goal: at most 1.12 where all fail. */
export async function amplification(): Promise<void> {
  const rows: string[][] = [];
  for (const rate of RATES) {
    const cells: string[] = [];
    for (const contender of CONTENDERS) cells.push(await measured(contender, rate));
    rows.push([rate.toFixed(1), ...cells]);
  }
  printTable(
    `A service that fails (502 UPSTREAM:NO_RESPONSE), ${CLIENTS} clients, ${CALLS} calls in 120 virtual seconds`,
    ['failure rate', ...CONTENDERS.map(({name}) => name)],
    rows,
    'calls sent for each call asked, and the share of calls that succeeded (goal of ours at 1.0: at most 1.12)',
  );
}

async function measured({reader}: Contender, rate: number): Promise<string> {
  const service = failingService(rate, seeded(2));
  let succeeded = 0;
  const {done} = await onFakeTime(1, async () => {
    const read = reader(service.fetch);
    const reading: Promise<unknown>[] = [];
    for (let call = 0; call < CALLS; call++) {
      // Each round asks for the next reading, so that nobody joins a call of the round before.
      const url = readingOf(call % CLIENTS, Math.floor(call / CLIENTS));
      reading.push(
        read(url).then(
          () => (succeeded += 1),
          () => undefined,
        ),
      );
      await pause(EVERY_MS);
    }
    await Promise.all(reading);
  });
  const share = `${((succeeded / CALLS) * 100).toFixed(1)} %`.padStart(7);
  return `${(service.tally.calls / CALLS).toFixed(2)} ${share}${done ? '' : ' (not ended)'}`;
}

if (import.meta.main) await amplification();
