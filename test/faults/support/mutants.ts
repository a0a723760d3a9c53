import type {ReadContext} from '../../../src/core/evidence/evidence.ts';
import {allCases} from '../../cases/case.ts';
import {HOSTILE, KEYS} from '../../core/support/hostile.ts';
import {DOCUMENTED} from '../../core/support/table.ts';
import {envelopes} from '../../core/support/wire.ts';
import type {Dice} from './factor.ts';

/** A body, and what came with it. */
export interface Specimen {
  readonly subject: unknown;
  readonly context: ReadContext;
}

type Bag = Record<string, unknown>;

/** Everything that a server has sent or is documented to send: each is the start of many others. */
const ORIGINALS: readonly Specimen[] = [
  ...allCases().flatMap(({response, webhook}): Specimen[] => {
    if (webhook !== undefined) return [{subject: webhook, context: {}}];
    return response
      ? [{subject: response.body, context: {status: response.status, headers: response.headers}}]
      : [];
  }),
  ...DOCUMENTED.flatMap(row => envelopes(row)).filter(({subject}) => !(subject instanceof Response)),
];

const WORDS = [...new Set(DOCUMENTED.flatMap(row => [row.type, row.code, row.resolution]))];
const NAMES = [...KEYS, 'detail', 'field', 'description', 'suggestedUserMessage', 'links', 'signals', 'id'];
const TRAPS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'toJSON',
  'then',
  'hasOwnProperty',
];
const NUMBERS = [0, -1, 200, 400, 401, 429, 430, 500, 501, 502, 599, 600, 1e21, -0.5, NaN, Infinity, 2 ** 53];
const TEXTS = [
  '',
  '429',
  '0',
  '-5',
  '1e999',
  '86400',
  String(Date.UTC(2026, 8, 1, 13)),
  'Tue, 01 Sep 2026 12:03:00 GMT',
  'javascript:alert(1)',
  'https://connect.smartcar.com/oauth/authorize?x=1',
  'http://[',
  '\u0000',
  '\ud800',
  'ＲＥＴＲＹ',
  '{"type":"UPSTREAM"}',
  'x'.repeat(101),
  'y'.repeat(501),
  'z'.repeat(5_000),
];
const HUGE = 'w'.repeat(300_000);
const NASTY = Object.keys(HOSTILE).filter(name => !/megabytes|closes|deep/.test(name));
const no = (): never => {
  throw new Error('no');
};

function junk(dice: Dice): unknown {
  const kind = dice.upTo(100);
  if (kind < 25) return dice.of(WORDS);
  if (kind < 40) return dice.of(TEXTS);
  if (kind < 55) return dice.of(NUMBERS);
  if (kind < 60) return null;
  if (kind < 64) return undefined;
  if (kind < 68) return dice() < 0.5;
  if (kind < 74) return [];
  if (kind < 80) return {};
  if (kind < 84) return 10n ** 30n;
  if (kind < 88) return Symbol.iterator;
  if (kind < 92) return deep(dice.upTo(60), dice);
  if (kind < 94) return HUGE;
  if (kind < 96) return () => 'UPSTREAM';
  if (kind < 99) return HOSTILE[dice.of(NASTY)]!();
  return Object.assign(Object.create(null) as Bag, {type: dice.of(WORDS)});
}

function deep(levels: number, dice: Dice): unknown {
  let value: unknown = dice.of(WORDS);
  for (let level = 0; level < levels; level++)
    value = dice() < 0.5 ? [value] : {[dice.of(NAMES)]: value, type: 'SERVER'};
  return value;
}

const isBag = (value: unknown): value is Bag => {
  try {
    return typeof value === 'object' && value !== null && !Object.isFrozen(value);
  } catch {
    return false;
  }
};

/** Somewhere inside, not deeper than a few steps. */
function place(body: Bag, dice: Dice): Bag {
  let at = body;
  for (let step = dice.upTo(5); step > 0; step--) {
    const inner = dice.of(Object.keys(at).length > 0 ? Object.keys(at) : ['type']);
    const value = at[inner];
    if (isBag(value)) at = value;
  }
  return at;
}

const member = (at: Bag, dice: Dice): string => {
  const keys = Object.keys(at);
  return keys.length > 0 && dice() < 0.8 ? dice.of(keys) : dice.of(NAMES);
};

/** Own members by any name, `__proto__` too, as `JSON.parse` makes them. */
const put = (at: Bag, name: string, value: unknown): void => {
  Object.defineProperty(at, name, {value, enumerable: true, configurable: true, writable: true});
};

const CHANGES: readonly ((at: Bag, dice: Dice, root: Bag) => void)[] = [
  (at, dice) => put(at, member(at, dice), junk(dice)),
  (at, dice) => put(at, member(at, dice), junk(dice)),
  (at, dice) => void delete at[member(at, dice)],
  (at, dice) => put(at, dice.of(NAMES), at[member(at, dice)]),
  (at, dice) => put(at, dice.of(TRAPS), junk(dice)),
  (at, dice, root) => put(at, member(at, dice), root),
  (at, dice) => {
    const name = member(at, dice);
    put(
      at,
      name,
      Array.from({length: dice.upTo(300)}, () => at[name]),
    );
  },
  (at, dice) => {
    const name = member(at, dice);
    const value = at[name];
    Object.defineProperty(at, name, {
      get: dice() < 0.5 ? no : () => value,
      enumerable: true,
      configurable: true,
    });
  },
  (at, dice) => {
    const name = member(at, dice);
    const value = at[name];
    if (isBag(value)) put(at, name, new Proxy(value, dice() < 0.5 ? {} : {ownKeys: no, has: no}));
  },
];

/** One body that nobody has sent yet. */
export function mutant(dice: Dice): Specimen {
  const {subject, context} = dice.of(ORIGINALS);
  const by = dice() < 0.7 ? context : strangeContext(context, dice);
  const kind = dice();
  if (kind < 0.03) return {subject: junk(dice), context: by};
  if (kind < 0.25) return {subject: text(subject, dice), context: by};
  if (typeof subject !== 'object' || subject === null) return {subject: junk(dice), context: by};
  const body: unknown =
    subject instanceof Error ? Object.assign(new Error(subject.message), subject) : copy(subject);
  if (!isBag(body)) return {subject: body, context: by};
  for (let changes = 1 + dice.upTo(4); changes > 0; changes--) {
    try {
      dice.of(CHANGES)(place(body, dice), dice, body);
    } catch {
      // What cannot be changed stays as it is.
    }
  }
  if (kind > 0.97)
    return {subject: Object.assign(new Error('words'), {response: {status: 502, data: body}}), context: by};
  return {subject: body, context: by};
}

function copy(value: object): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

function strangeContext(context: ReadContext, dice: Dice): ReadContext {
  const status = dice.of([200, 400, 401, 404, 429, 430, 500, 501, 502, 504]);
  const kind = dice.upTo(4);
  if (kind === 0) return {};
  if (kind === 1) return {status};
  if (kind === 2) return {status, headers: {'retry-after': junk(dice)}};
  return {...context, headers: {'Retry-After': dice.of(TEXTS), 'sc-request-id': dice.of(TEXTS)}};
}

/** The text of a body with something amiss. */
function text(subject: unknown, dice: Dice): string {
  let whole = typeof subject === 'string' ? subject : (JSON.stringify(subject) ?? '');
  for (let changes = 1 + dice.upTo(3); changes > 0; changes--) {
    const at = dice.upTo(whole.length + 1);
    const kind = dice.upTo(6);
    if (kind === 0) whole = whole.slice(0, at);
    else if (kind === 1)
      whole = whole.slice(0, at) + dice.of(['"', '{', '[', ']', '}', '\\', '\u0000', 'e9']) + whole.slice(at);
    else if (kind === 2) whole = whole.slice(0, at) + whole.slice(at + 1 + dice.upTo(9));
    else if (kind === 3) whole += whole.slice(0, at);
    else if (kind === 4) whole = whole.replace(dice.of(WORDS) ?? 'null', () => dice.of(WORDS) ?? 'null');
    else whole = whole.replace(/"(\w+)":/, () => `"${dice.of([...TRAPS, ...NAMES])}":`);
  }
  return whole;
}
