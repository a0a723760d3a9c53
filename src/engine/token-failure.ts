import {classify} from '../core/classify.ts';
import {readEvidence, type Evidence} from '../core/evidence/read.ts';
import {redacted} from '../core/redacted.ts';
import {rule} from '../core/rules.ts';
import type {Tokens, TokenSource} from '../ports.ts';

/**
 * No access token could be had. Carries what the token endpoint said as evidence, cleansed of the tokens themselves:
 * some descriptions repeat them ("Invalid refresh_token: …").
 */
export class TokenFailure extends Error {
  readonly evidence: readonly Evidence[];
  /** The grant itself is gone: only the owner can give another. */
  readonly dead: boolean;
  /** Nothing is stored: the owner has never connected, or under another key. */
  readonly missing: boolean;
  /** The token endpoint was down or in a hurry: the same request may succeed later. */
  readonly passing: boolean;
  /** Of the pair that is dead. */
  generation: string | undefined;

  constructor(api: TokenSource['api'], error: unknown, used: Tokens | undefined, missing = false) {
    const evidence = readEvidence(error, {api}).map(entry => cleansed(concerning(api, entry), used));
    const first = evidence[0];
    super(
      [first?.status, first?.type ?? first?.code, first?.description].filter(Boolean).join(' ') ||
        'no answer that could be read',
    );
    this.name = 'TokenFailure';
    this.evidence = evidence.length > 0 ? evidence : [{api, status: 500}];
    this.missing = missing;
    const actions = this.evidence.map(entry => rule(classify(entry, {}, 0), {}).action);
    this.dead = missing || actions.includes('reauthenticate');
    this.passing = actions.every(action => action === 'retry');
  }

  static missing(api: TokenSource['api'], key: string): TokenFailure {
    const error_description = `no tokens are stored under "${key}"`;
    return new TokenFailure(api, {error: 'invalid_grant', error_description}, undefined, true);
  }
}

/**
 * A token endpoint that cannot be reached is down like one that says so: its gate closes for all who ask. What the
 * error said is left out, since some clients repeat the whole request in it.
 */
function concerning(api: Evidence['api'], entry: Evidence): Evidence {
  if (entry.api !== 'network') return entry;
  const {description: _said, ...rest} = entry;
  return {...rest, api};
}

function cleansed(entry: Evidence, used: Tokens | undefined): Evidence {
  const clean = Object.entries(entry).map(([name, value]) => [
    name,
    typeof value === 'string' && name !== 'api'
      ? redacted(value, [used?.refreshToken, used?.accessToken])
      : value,
  ]);
  return Object.fromEntries(clean) as Evidence;
}
