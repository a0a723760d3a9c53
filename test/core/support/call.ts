import {DEFAULT_BACKOFF, type BackoffTable} from '../../../src/core/backoff.ts';
import {decide, FRESH_CALL, type CallState, type Decision, type Moment} from '../../../src/core/decide.ts';
import type {ReadContext} from '../../../src/core/evidence/evidence.ts';
import {readEvidence} from '../../../src/core/evidence/read.ts';

/** 1 September 2026, noon. */
export const NOW: number = Date.UTC(2026, 8, 1, 12);
/** A die that adds no jitter. */
export const STILL: Moment = {now: NOW, dice: 0};

export function call(over: Partial<CallState> = {}): CallState {
  return {...FRESH_CALL, ...over};
}

export interface Setting {
  readonly context?: ReadContext;
  readonly state?: Partial<CallState>;
  readonly table?: BackoffTable;
  readonly moment?: Moment;
}

/** Reads whatever a client threw or a server sent, and decides about it in one step. */
export function judge(subject: unknown, setting: Setting = {}): Decision {
  const {context = {}, state = {}, table = DEFAULT_BACKOFF, moment = STILL} = setting;
  return decide(readEvidence(subject, context), call(state), table, moment);
}

/** A body of v2.0, as the server writes it. */
export function v2(type: string, code: string | null, statusCode: number, more: object = {}): object {
  return {type, code, statusCode, requestId: 'req-1', description: 'words', resolution: null, ...more};
}

/** One entry of v3's `errors[]`. */
export function v3Entry(type: string, code: string | null, status: number, more: object = {}): object {
  return {status: String(status), type, code, title: 'words', detail: 'more words', ...more};
}

export const RETRY_LATER: object = {resolution: {type: 'RETRY_LATER'}};
export const REAUTHENTICATE: object = {resolution: {type: 'REAUTHENTICATE'}};

export function header(name: string, value: string): ReadContext {
  return {headers: {[name]: value}};
}

export const told = (value: string): ReadContext => header('retry-after', value);
