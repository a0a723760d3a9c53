import type {Dice} from '../dice.ts';
import type {OwnerState} from '../fleet/owner.ts';

/** How tokens behave. */
export interface TokenOptions {
  /** Life of a v2 access token. @default 7_200_000 (2 hours) */
  readonly accessTtlMs?: number;
  /** Life of a v3 application token. @default 3_600_000 (1 hour) */
  readonly applicationTtlMs?: number;
  /** Life of a v2 refresh token. @default 5_184_000_000 (60 days) */
  readonly refreshTtlMs?: number;
  /**
   * How long a refresh token still works after its first use, giving another pair each time. Smartcar's
   * pages say none, one minute and ten. 0 makes it single-use.
   * @default 60_000
   */
  readonly graceMs?: number;
  /** Whether a use after the grace ends the whole grant, as the strict reading of OAuth has it. @default false */
  readonly revokeFamilyOnReuse?: boolean;
  /** Whether an access token lives to its own end when the pair is refreshed. @default true */
  readonly keepOldAccessTokens?: boolean;
  /** What the token endpoint calls a dead refresh token or code; Smartcar has been seen doing both. @default 'invalid_grant' */
  readonly spentTokenError?: 'invalid_grant' | 'invalid_request';
  /** Refreshes answer without `refresh_token`; the old one then stays good. @default false */
  readonly omitRefreshToken?: boolean;
}

/** The tokens that one finished Connect has led to. */
export interface Family {
  readonly owner: OwnerState;
  readonly scope: ReadonlySet<string>;
  readonly vehicles: ReadonlySet<string>;
  revoked: boolean;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Epoch ms. */
  readonly accessExpiresAt: number;
  readonly refreshExpiresAt: number;
}

interface Token {
  readonly generation: number;
  expiresAt: number;
}

interface UserToken extends Token {
  readonly family: Family;
  usedAt?: number;
}

interface AuthorizationCode {
  readonly owner: OwnerState;
  readonly scope: ReadonlySet<string>;
  readonly vehicles: ReadonlySet<string>;
  readonly redirectUri: string | undefined;
}

/** A token that was presented: whose it is, and whether it works. */
export interface Presented {
  readonly family: Family;
  readonly generation: number;
  readonly valid: boolean;
}

export interface Tokens {
  readonly options: Required<TokenOptions>;
  /** A new family and its first pair. */
  grant(owner: OwnerState, scope: ReadonlySet<string>, vehicles: ReadonlySet<string>): TokenPair;
  lookUp(kind: 'access' | 'refresh', token: string): Presented | undefined;
  /** The pair that follows, or undefined for a token that is dead. `refreshToken` is the old one where it stays good. */
  refresh(token: string): TokenPair | undefined;
  createCode(code: AuthorizationCode): string;
  codeOwner(code: string): OwnerState | undefined;
  /** Single use; undefined for a code that is dead or was issued for another redirect. */
  redeem(code: string, redirectUri: string | undefined): TokenPair | undefined;
  issueApplicationToken(): string;
  lookUpApplication(token: string): {readonly generation: number; readonly valid: boolean} | undefined;
  /** Without an owner: everybody's, and the application's. */
  expireAccessTokens(owner?: OwnerState): void;
  setRevoked(owner: OwnerState, revoked: boolean): void;
}

export const tokenDefaults: Required<TokenOptions> = {
  accessTtlMs: 7_200_000,
  applicationTtlMs: 3_600_000,
  refreshTtlMs: 60 * 86_400_000,
  graceMs: 60_000,
  revokeFamilyOnReuse: false,
  keepOldAccessTokens: true,
  spentTokenError: 'invalid_grant',
  omitRefreshToken: false,
};

/** https://smartcar.com/docs/api-reference/authorization/auth-code-exchange */
const codeTtlMs = 600_000;

/** Past this many, expired tokens are forgotten; until then the journal can still name their generation. */
const remembered = 10_000;

export function createTokens(given: TokenOptions, now: () => number, dice: Dice): Tokens {
  const options: Required<TokenOptions> = {...tokenDefaults, ...given};
  const families = new Map<string, Family[]>();
  const access = new Map<string, UserToken>();
  const refreshing = new Map<string, UserToken>();
  const codes = new Map<string, AuthorizationCode & {readonly expiresAt: number}>();
  const application = new Map<string, Token>();
  let applicationGeneration = 0;

  function issue(family: Family): TokenPair {
    family.owner.tokenGeneration += 1;
    const generation = family.owner.tokenGeneration;
    const pair: TokenPair = {
      accessToken: dice.uuid(),
      refreshToken: dice.uuid(),
      accessExpiresAt: now() + options.accessTtlMs,
      refreshExpiresAt: now() + options.refreshTtlMs,
    };
    keep(access, pair.accessToken, {family, generation, expiresAt: pair.accessExpiresAt}, now());
    keep(refreshing, pair.refreshToken, {family, generation, expiresAt: pair.refreshExpiresAt}, now());
    return pair;
  }

  function retireAccessTokens(family: Family): void {
    for (const token of access.values()) if (token.family === family) expire(token, now());
  }

  const tokens: Tokens = {
    options,
    grant(owner, scope, vehicles) {
      const family: Family = {owner, scope, vehicles, revoked: false};
      const siblings = families.get(owner.id);
      if (siblings === undefined) families.set(owner.id, [family]);
      else siblings.push(family);
      return issue(family);
    },
    lookUp(kind, token) {
      const found = (kind === 'access' ? access : refreshing).get(token);
      if (found === undefined) return undefined;
      const {family, generation} = found;
      return {family, generation, valid: now() < found.expiresAt && !family.revoked};
    },
    refresh(value) {
      const token = refreshing.get(value);
      if (token === undefined || now() >= token.expiresAt || token.family.revoked) return undefined;
      if (token.usedAt !== undefined && now() >= token.usedAt + options.graceMs) {
        if (options.revokeFamilyOnReuse) token.family.revoked = true;
        return undefined;
      }
      if (!options.keepOldAccessTokens) retireAccessTokens(token.family);
      const pair = issue(token.family);
      if (options.omitRefreshToken) {
        refreshing.delete(pair.refreshToken);
        return {...pair, refreshToken: value, refreshExpiresAt: token.expiresAt};
      }
      token.usedAt ??= now();
      return pair;
    },
    createCode(code) {
      const value = dice.uuid();
      keep(codes, value, {...code, expiresAt: now() + codeTtlMs}, now());
      return value;
    },
    codeOwner: code => codes.get(code)?.owner,
    redeem(value, redirectUri) {
      const code = codes.get(value);
      codes.delete(value);
      if (code === undefined || now() >= code.expiresAt) return undefined;
      if (code.redirectUri !== undefined && code.redirectUri !== redirectUri) return undefined;
      return tokens.grant(code.owner, code.scope, code.vehicles);
    },
    issueApplicationToken() {
      applicationGeneration += 1;
      const value = dice.token();
      const expiresAt = now() + options.applicationTtlMs;
      keep(application, value, {generation: applicationGeneration, expiresAt}, now());
      return value;
    },
    lookUpApplication(value) {
      const token = application.get(value);
      return token && {generation: token.generation, valid: now() < token.expiresAt};
    },
    expireAccessTokens(owner) {
      for (const token of access.values()) {
        if (owner === undefined || token.family.owner === owner) expire(token, now());
      }
      if (owner === undefined) for (const token of application.values()) expire(token, now());
    },
    setRevoked(owner, revoked) {
      for (const family of families.get(owner.id) ?? []) family.revoked = revoked;
    },
  };
  return tokens;
}

function expire(token: Token, now: number): void {
  token.expiresAt = Math.min(token.expiresAt, now);
}

/** All values of one map live equally long, so that the oldest come first. */
function keep<Value extends {readonly expiresAt: number}>(
  map: Map<string, Value>,
  key: string,
  value: Value,
  now: number,
): void {
  map.set(key, value);
  for (const [oldest, {expiresAt}] of map) {
    if (map.size <= remembered || expiresAt > now) break;
    map.delete(oldest);
  }
}
