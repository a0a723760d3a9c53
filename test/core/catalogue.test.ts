import {describe, expect, it} from 'vitest';
import {backoffKeys, CATALOGUE, type Row} from '../../src/core/catalogue/catalogue.ts';
import type {FailureScope} from '../../src/core/failure.ts';
import {judge} from './support/call.ts';
import {DOCUMENTED, nameOf, type DocumentedRow} from './support/table.ts';
import {envelopes, type Envelope} from './support/wire.ts';

const FIELDS = [
  'api',
  'type',
  'code',
  'status',
  'action',
  'pace',
  'scope',
  'effect',
  'needs',
  'ifPersists',
] as const;

/** A row as one line of text, so that a difference can be read. */
function line(row: Row): string {
  return FIELDS.map(field => `${field}=${row[field] ?? 'none'}`).join(' ');
}

describe('the catalogue', () => {
  it('has the rows of the documented table and no other', () => {
    expect(CATALOGUE.map(line).toSorted()).toEqual(DOCUMENTED.map(line).toSorted());
  });

  it('has no two rows for the same api, type, code and status', () => {
    expect(new Set(CATALOGUE.map(nameOf)).size).toBe(CATALOGUE.length);
  });

  it('never sends an owner away for a failure that may pass by itself', () => {
    const contradictory = CATALOGUE.filter(row => row.action === 'reauthenticate' && row.pace !== undefined);
    expect(contradictory).toEqual([]);
  });

  it('never repeats what is billed', () => {
    const billed = CATALOGUE.filter(row => row.status === 430 || row.type === 'BILLING');
    expect(new Set(billed.map(row => row.action))).toEqual(new Set(['fail']));
  });

  it('names who acts when the retries are spent, on every row that can be repeated', () => {
    expect(CATALOGUE.filter(row => row.pace !== undefined && row.ifPersists === undefined)).toEqual([]);
  });
});

interface Case extends Envelope {
  readonly row: DocumentedRow;
  readonly name: string;
}

const CASES: readonly Case[] = DOCUMENTED.flatMap(row =>
  envelopes(row).map(one => ({...one, row, name: `${nameOf(row)} in ${one.envelope}`})),
);

/** The reach of a row, where only the call itself can say how far it goes. */
function scopeOf({row, part}: Case): FailureScope {
  if (row.status === 429 && row.type === null) return 'application';
  return part && row.action !== 'retry' ? 'call' : row.scope;
}

describe('every documented error, on the wire', () => {
  it('reaches every row', () => {
    expect(new Set(CASES.map(one => nameOf(one.row))).size).toBe(DOCUMENTED.length);
  });

  it.each(CASES.map(one => [one.name, one] as const))('decides as documented about %s', (_, one) => {
    const {action, needs, failure} = judge(one.subject, {context: one.context});
    const {scope, effect} = failure;
    expect({action, needs, scope, effect}).toEqual({
      action: one.row.action,
      needs: one.row.needs,
      scope: scopeOf(one),
      effect: one.row.effect,
    });
  });
});

describe('backoffKeys', () => {
  it('lists every type and every type with its code, once', () => {
    const keys = backoffKeys();
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(
      expect.arrayContaining(['*', 'UPSTREAM', 'UPSTREAM:RATE_LIMIT', 'VEHICLE_STATE:ASLEEP']),
    );
  });

  it('lists nothing that no failure can be counted under', () => {
    expect(backoffKeys().filter(key => /:\*|null|undefined/.test(key))).toEqual([]);
  });
});
