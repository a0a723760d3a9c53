import type {PolicyOptions} from 'smartcar-policy';
import {ours, withAxiosRetry, withKy, withPRetry, type Contender} from './virtual/contenders.ts';
import {limitedService, readingOf, type Tally} from './virtual/services.ts';
import {printTable} from './virtual/table.ts';
import {onFakeTime, type Caps, type Stretch} from './virtual/time.ts';

const MINUTE = 60_000;

/** Whoever has not ended by then is counted as it stands. */
const PEERS_CAP = {virtualMs: 30 * MINUTE};

const PATIENT: PolicyOptions = {maxWaitMs: Infinity, backoff: {RATE_LIMIT: {retries: 1_000}}};

/** The same limits told beforehand. */
const TOLD: PolicyOptions & {readonly limits?: unknown} = {
  ...PATIENT,
  limits: {application: {bucket: 120, perMinute: 2}},
};

const OURS = [ours('smartcar-policy', PATIENT), ours('smartcar-policy, limits configured', TOLD)];

/** Five tries each, the header honoured where the package can. */
const PEERS = [
  withPRetry(4),
  withKy({limit: 4, methods: ['get'], statusCodes: [429]}),
  withAxiosRetry({retries: 4}),
];

const NOT_AVAILABLE = ['', '', 'not available'];
const NOTE = '(goal of ours: all reads done, none early); >: stopped before its end';

/** What came of a contender's burst. */
interface Burst extends Tally, Stretch {
  /** Reads that got their reading. */
  readonly read: number;
}

/** Everything at once against limits that are told exactly. Goal of ours: no call before a time that was told. */
export async function burst(): Promise<void> {
  const eight = readings(10, reading => reading);
  await compare('10 cars x 8 reads at once', eight, [...OURS, ...PEERS]);
  await compare(
    'The same, each reading asked for twice',
    readings(10, reading => reading % 4),
    OURS,
  );
  await compare(
    '1000 cars x 8 reads at once',
    readings(1_000, reading => reading),
    OURS,
  );
}

/** Eight readings of each car: the first of all cars, then the second. */
function readings(cars: number, readingAt: (index: number) => number): string[] {
  return Array.from({length: cars * 8}, (_, index) =>
    readingOf(index % cars, readingAt(Math.floor(index / cars))),
  );
}

async function compare(
  title: string,
  urls: readonly string[],
  contenders: readonly Contender[],
): Promise<void> {
  const rows: string[][] = [];
  for (const contender of contenders) {
    const result = await unlessUnknown(() =>
      measured(contender, urls, PEERS.includes(contender) ? PEERS_CAP : {}),
    );
    rows.push([contender.name, ...(result ? cellsOf(result, urls.length) : NOT_AVAILABLE)]);
  }
  const head = [
    'contender',
    'calls',
    '429s',
    'reads done',
    'calls per read',
    'early',
    'virtual time',
    'real time',
  ];
  printTable(`${title}, on fake time`, head, rows, NOTE);
}

async function measured({reader}: Contender, urls: readonly string[], caps: Caps): Promise<Burst> {
  let read = 0;
  let tally: Tally | undefined;
  const work = async (): Promise<void> => {
    const service = limitedService();
    ({tally} = service);
    const get = reader(service.fetch);
    await Promise.all(
      urls.map(url =>
        get(url).then(
          () => (read += 1),
          () => undefined,
        ),
      ),
    );
  };
  const stretch = await onFakeTime(1, work, caps);
  return {calls: 0, refused: 0, early: 0, ...tally, ...stretch, read};
}

function cellsOf({calls, refused, early, read, virtualMs, realMs, done}: Burst, asked: number): string[] {
  return [
    String(calls),
    String(refused),
    `${read} of ${asked}`,
    (calls / read).toFixed(2),
    String(early),
    `${done ? '' : '> '}${(virtualMs / MINUTE).toFixed(1)} min`,
    `${(realMs / 1_000).toFixed(1)} s`,
  ];
}

/** `undefined` where this build does not know an option. */
async function unlessUnknown<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'CONFIGURATION') return undefined;
    throw error;
  }
}

if (import.meta.main) await burst();
