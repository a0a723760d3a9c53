import {classify} from '../core/classify.ts';
import {readEvidence, type Evidence} from '../core/evidence/read.ts';
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
  /** Of the pair that is dead. */
  generation: string | undefined;

  constructor(api: TokenSource['api'], error: unknown, used: Tokens | undefined, missing = false) {
    const evidence = readEvidence(error, {api}).map(entry => cleansed(entry, used));
    const first = evidence[0];
    super(
      [first?.status, first?.type ?? first?.code, first?.description].filter(Boolean).join(' ') ||
        'no answer that could be read',
    );
    this.name = 'TokenFailure';
    this.evidence = evidence.length > 0 ? evidence : [{api, status: 500}];
    this.missing = missing;
    this.dead =
      missing || this.evidence.some(entry => rule(classify(entry, {}, 0), {}).action === 'reauthenticate');
  }

  static missing(api: TokenSource['api'], key: string): TokenFailure {
    const error_description = `no tokens are stored under "${key}"`;
    return new TokenFailure(api, {error: 'invalid_grant', error_description}, undefined, true);
  }
}

function cleansed(entry: Evidence, used: Tokens | undefined): Evidence {
  if (entry.description === undefined) return entry;
  let description = entry.description;
  for (const secret of [used?.refreshToken, used?.accessToken]) {
    if (secret !== undefined && secret !== '') description = description.replaceAll(secret, '[redacted]');
  }
  return {...entry, description};
}
