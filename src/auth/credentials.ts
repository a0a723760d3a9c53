import {PolicyError} from '../core/policy-error.ts';
import {wrong} from '../core/wrong.ts';

/** The API client of your application. */
export interface Credentials {
  /** @default the environment variable SMARTCAR_CLIENT_ID */
  readonly clientId?: string | undefined;
  /** @default the environment variable SMARTCAR_CLIENT_SECRET */
  readonly clientSecret?: string | undefined;
}

/** Reads the environment once, as the official SDK does. Throws `CONFIGURATION` naming what is missing. */
export function credentials(
  method: string,
  given: Credentials | undefined,
  known: readonly string[] = ['clientId', 'clientSecret'],
): {readonly clientId: string; readonly clientSecret: string} {
  const stranger = Object.keys(given ?? {}).find(key => !known.includes(key));
  if (stranger !== undefined) throw wrong(`the options of ${method}()`, `only ${known.join(', ')}`, stranger);
  return {
    clientId: member(method, 'clientId', given?.clientId, 'SMARTCAR_CLIENT_ID'),
    clientSecret: member(method, 'clientSecret', given?.clientSecret, 'SMARTCAR_CLIENT_SECRET'),
  };
}

function member(method: string, name: keyof Credentials, given: unknown, variable: string): string {
  const value = given ?? process.env[variable];
  if (typeof value === 'string' && value !== '') return value;
  // The value itself could be a secret in the wrong place: only its kind is told.
  const got = value === undefined ? 'nothing' : value === '' ? 'an empty text' : `a ${typeof value}`;
  throw new PolicyError(
    'CONFIGURATION',
    `Expected \`${name}\` of ${method}() to be a text, got ${got}. Give it, or set ${variable}.`,
  );
}
