/** What one floor of the house may import. Add a folder here when it is built. */
export interface Floor {
  /** A folder of `src/` (with its slash) or one file. */
  readonly at: string;
  /** Floors whose values and types it may import, besides itself. */
  readonly imports?: readonly string[];
  /** Floors of which it may import types alone. */
  readonly types?: readonly string[];
  /** npm packages, and `node:*` for modules of Node. */
  readonly packages?: readonly string[];
  /** One npm package at most, whichever it is; modules of Node besides. */
  readonly onePackage?: true;
  /** One file of the floor that may import more, and what. */
  readonly besides?: Readonly<Record<string, readonly string[]>>;
}

/** An adapter joins a port to one package; it knows neither the engine nor another adapter. */
const adapter = (at: string, ...imports: readonly string[]): Floor => ({
  at,
  imports: ['core/', 'ports.ts', ...imports],
  onePackage: true,
});

export const FLOORS: readonly Floor[] = [
  {at: 'core/'},
  {at: 'ports/', types: ['core/']},
  {at: 'ports.ts', types: ['ports/']},
  {at: 'engine/', imports: ['core/', 'ports.ts'], packages: ['p-retry']},
  {
    at: 'doors/',
    imports: ['engine/', 'ports.ts'],
    types: ['core/'],
    packages: ['node:*'],
    besides: {'doors/ky.ts': ['ky']},
  },
  // What the events of a policy are told to.
  {at: 'telemetry/', imports: ['core/', 'engine/'], packages: ['node:*']},
  adapter('auth/'),
  adapter('limits/'),
  // How tokens are written wherever they are kept.
  {at: 'at-rest/', imports: ['core/', 'ports.ts'], packages: ['node:*']},
  adapter('stores/', 'at-rest/'),
  {
    at: 'redis/',
    imports: ['core/', 'ports.ts', 'at-rest/'],
    packages: ['node:*', 'ioredis'],
    besides: {'redis/rate.ts': ['bottleneck']},
  },
  adapter('connect/'),
  adapter('webhooks/'),
  {at: 'http/', imports: ['core/'], packages: ['node:*']},
  {
    at: 'simulator/',
    packages: ['node:*', 'fastest-levenshtein', 'find-my-way', 'pure-rand', 'valibot'],
  },
  {at: 'testing/', imports: ['core/', 'ports.ts'], packages: ['node:*']},
  // What stands above the house uses it as its owner does: by the front door.
  {at: 'index.ts', imports: ['*']},
  // It holds the policy that it is given, and no other part of it than its types.
  {
    at: 'otel/',
    imports: ['core/', 'ports.ts'],
    types: ['engine/', 'index.ts'],
    packages: ['@opentelemetry/api'],
  },
  {at: 'bullmq/', imports: ['core/', 'index.ts'], packages: ['node:*', 'bullmq', 'ioredis']},
  {
    at: 'lab/',
    imports: ['simulator/', 'index.ts'],
    // The policies that it compares, fake timers, and what draws.
    packages: [
      'node:*',
      '@observablehq/plot',
      '@sinonjs/fake-timers',
      'axios',
      'axios-retry',
      'bottleneck',
      'cockatiel',
      'ky',
      'linkedom',
      'openid-client',
      'p-retry',
    ],
  },
  {at: 'cli/', imports: ['simulator/', 'lab/', 'index.ts'], packages: ['node:*', 'commander', 'valibot']},
];

/** The composition root: files at the top of `src/` that no floor names. Nothing below imports them. */
export const ROOT: Floor = {at: '', imports: ['*'], packages: ['*']};

/** Words that make a function depend on more than its arguments. Looked for in code, not in comments or texts. */
export const IMPURE: Readonly<Record<string, RegExp>> = {
  'a function that waits': /\basync\b|\bawait\b/,
  'the clock': /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\b/,
  chance: /\bMath\.random\b|\bcrypto\b|\brandomUUID\b/,
  'a timer': /\b(set|clear)(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/,
  'the process': /\bprocess\s*[.[]|\bglobalThis\b/,
  'the network': /\bfetch\s*\(/,
};

/** A file that is longer is documentation, data, or two ideas. */
export const MOST_LINES = 260;
