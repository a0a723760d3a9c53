import {
  type Explanation,
  type FailedPart,
  type Needs,
  type Part,
  PolicyError,
  createPolicy,
  explain,
} from '../index.ts';
import {EXIT_CODES} from './explain-codes.ts';
import {has} from './explain-log.ts';
import type {Given, Question} from './explain-question.ts';
import {begun} from './explain-source.ts';

/** What came out, before it is put on paper. */
export interface Answer {
  /** With parts, that of the one which blocks most. */
  readonly explanation: Explanation;
  readonly parts?: readonly Part[];
  /** Nobody said whether it was a read; a command may have been carried out. */
  readonly takenForRead: boolean;
}

/** Time and chance, as arguments. */
export interface Moment {
  readonly now: () => number;
  readonly random: () => number;
}

/** Explains without doing. An error, in a sentence that names it, where there is nothing to explain. */
export async function answerTo(
  {subject, context}: Question,
  given: Pick<Given, 'app' | 'locale'>,
  {now, random}: Moment,
  name: string,
): Promise<Answer> {
  const clock = {now, sleep: () => Promise.reject(new Error('Nothing waits here.'))};
  const app = {
    ...(given.app !== undefined && {name: given.app}),
    ...(given.locale !== undefined && {locale: given.locale}),
  };
  const policy = createPolicy({app, clock, random});
  const {url} = context.request ?? {};
  const parts = await partsOf(subject, {
    app,
    clock,
    random,
    ...(url !== undefined && URL.canParse(url) && {url}),
  });
  const whole = await policy.explain(subject, context);
  const worst = mostBlocking(parts ?? []);
  if (parts && worst) {
    const {name: _name, state: _state, status: _status, ...rest} = worst;
    return {explanation: {attempts: 1, waitedMs: 0, ...rest}, parts, takenForRead: false};
  }
  if (isNoError(whole))
    throw new Error(`${begun(name)} holds no error that is known here.${advice(parts, context)}`);
  const {action, failure} = whole;
  const takenForRead = action === 'retry' && failure.effect === 'possible' && context.request === undefined;
  return {explanation: whole, takenForRead};
}

/** A batch, or v3's signals; `undefined` where it is neither. */
async function partsOf(
  subject: unknown,
  options: Parameters<typeof explain.batch>[1],
): Promise<readonly Part[] | undefined> {
  const kind = has(subject, 'responses') ? 'batch' : has(subject, 'data') ? 'signals' : undefined;
  if (kind === undefined) return undefined;
  try {
    return (await explain[kind](subject, options)).parts;
  } catch (error) {
    if (error instanceof PolicyError && error.code === 'CONFIGURATION') return undefined;
    throw error;
  }
}

/** From what blocks most. */
const RANKS = Object.keys(EXIT_CODES) as readonly Needs[];

export const rankOf = (needs: Needs): number => RANKS.indexOf(needs);

/** Of several that block alike, the first. */
function mostBlocking(parts: readonly Part[]): FailedPart | undefined {
  return failedOf(parts).toSorted((one, other) => rankOf(one.needs) - rankOf(other.needs))[0];
}

export function failedOf(parts: readonly Part[]): readonly FailedPart[] {
  return parts.filter(part => part.state === 'failed');
}

function isNoError({reason, failure: {type, code, status}}: Explanation): boolean {
  return (
    reason === 'unrecognised' &&
    type === undefined &&
    code === undefined &&
    (status === undefined || status < 400)
  );
}

function advice(parts: readonly Part[] | undefined, {status, request}: Question['context']): string {
  if (parts && parts.length > 0) return ' None of its parts has failed.';
  if (parts && /\/signals\b/.test(request?.url ?? '')) {
    return ' An empty list of signals mostly means that the car has no webhook subscription yet.';
  }
  return status === undefined ? ' Where its status tells of one, give that: --status 503.' : '';
}

/** The explanation as data, for programs: no character in it moves a cursor. */
export function asJson({explanation, parts}: Answer): string {
  return written({...explanation, ...(parts && {parts})}).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, unsafe =>
    Array.from({length: unsafe.length}, (_, index) => escaped(unsafe.charCodeAt(index))).join(''),
  );
}

function written(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new RangeError('A part of the answer is nested too deeply to be printed.', {cause: error});
  }
}

const escaped = (unit: number): string => String.raw`\u${unit.toString(16).padStart(4, '0')}`;

/** Whose turn it is, as a number. */
export function exitCodeOf({explanation}: Answer): number {
  return EXIT_CODES[explanation.needs];
}
