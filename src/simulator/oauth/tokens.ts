import type {SimulatedTime} from '../clock.ts';
import type {Dice} from '../dice.ts';
import type {OwnerState} from '../fleet/owner.ts';
import {type Family, createFamilies} from './families.ts';
import {createShelf} from './shelf.ts';

/** How tokens behave. Members that end in `Ms` are milliseconds. */
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
  /**
   * Whether the use of a refresh token after its grace, or of a code for the second time, ends every token that came
   * of it, as the strict reading of OAuth has it.
   * @default false
   */
  readonly revokeFamilyOnReuse?: boolean;
  /** Whether an access token lives to its own end when the pair is refreshed. @default true */
  readonly keepOldAccessTokens?: boolean;
  /** What the token endpoint calls a dead refresh token or code; Smartcar has been seen doing both. @default 'invalid_grant' */
  readonly spentTokenError?: 'invalid_grant' | 'invalid_request';
  /** Refreshes answer without `refresh_token`; the old one then stays good. @default false */
  readonly omitRefreshToken?: boolean;
}

/** An owner's tokens, as the token endpoint would give them. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Epoch ms. */
  readonly accessExpiresAt: number;
  /** Epoch ms. */
  readonly refreshExpiresAt: number;
}

interface UserToken {
  readonly family: Family;
  readonly generation: number;
  readonly expiresAt: number;
}

interface AccessToken extends UserToken {
  /** Among everybody's. */
  readonly serial: number;
}

interface RefreshToken extends UserToken {
  /** By the steady clock. */
  usedAt?: number;
}

interface ApplicationToken {
  readonly generation: number;
  readonly expiresAt: number;
}

/** What an owner has consented to, on its way to becoming tokens. */
export interface Consent {
  readonly owner: OwnerState;
  readonly scope: ReadonlySet<string>;
  readonly vehicles: ReadonlySet<string>;
  /** As Connect was given it; undefined where it wasn't. */
  readonly redirectUri: string | undefined;
}

interface Code extends Consent {
  readonly expiresAt: number;
  used: boolean;
  /** What came of it. */
  family?: Family;
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
  createCode(consent: Consent): string;
  codeOwner(code: string): OwnerState | undefined;
  /** Single use; undefined for a code that is dead, is for another redirect, or whose grant was withdrawn meanwhile. */
  redeem(code: string, redirectUri: string | undefined): TokenPair | undefined;
  issueApplicationToken(): string;
  lookUpApplication(token: string): {readonly generation: number; readonly valid: boolean} | undefined;
  /** Without an owner: everybody's, and the application's. */
  expireAccessTokens(owner?: OwnerState): void;
  setRevoked(owner: OwnerState, revoked: boolean): void;
}

const tokenDefaults: Required<TokenOptions> = {
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

export function createTokens(
  given: TokenOptions,
  {now, steadyNow}: Pick<SimulatedTime, 'now' | 'steadyNow'>,
  dice: Dice,
): Tokens {
  const options: Required<TokenOptions> = {...tokenDefaults, ...given};
  const {graceMs, revokeFamilyOnReuse, keepOldAccessTokens, omitRefreshToken} = options;
  const families = createFamilies();
  const access = createShelf<AccessToken>({
    isDead: token => now() >= token.expiresAt || families.isRetired(token.family, token.generation),
    isExpendable: token => token.generation < token.family.newest,
  });
  const refreshing = createShelf<RefreshToken>({
    // Strictly, a spent token has to be known when it comes back.
    isDead: token =>
      now() >= token.expiresAt || token.family.ended || (!revokeFamilyOnReuse && isSpent(token)),
    isExpendable: token => token.usedAt !== undefined,
  });
  const codes = createShelf<Code>({
    isDead: code => now() >= code.expiresAt,
    isExpendable: code => code.used,
  });
  const application = createShelf<ApplicationToken>({
    isDead: token => now() >= token.expiresAt || token.generation <= applicationExpiredUpTo,
    isExpendable: token => token.generation < applicationGeneration,
  });
  let applicationGeneration = 0;
  let applicationExpiredUpTo = 0;
  let serial = 0;
  let expiredUpTo = 0;

  function isSpent({usedAt}: RefreshToken): boolean {
    return usedAt !== undefined && steadyNow() - usedAt >= graceMs;
  }

  function issue(family: Family, kept?: {readonly value: string; readonly expiresAt: number}): TokenPair {
    const {owner} = family;
    owner.tokenGeneration += 1;
    serial += 1;
    const generation = (family.newest = owner.tokenGeneration);
    const accessToken = dice.uuid();
    const accessExpiresAt = now() + options.accessTtlMs;
    access.set(accessToken, {family, generation, serial, expiresAt: accessExpiresAt});
    if (kept !== undefined) {
      return {
        accessToken,
        refreshToken: kept.value,
        accessExpiresAt,
        refreshExpiresAt: kept.expiresAt,
      };
    }
    const refreshToken = dice.uuid();
    const refreshExpiresAt = now() + options.refreshTtlMs;
    refreshing.set(refreshToken, {family, generation, expiresAt: refreshExpiresAt});
    return {accessToken, refreshToken, accessExpiresAt, refreshExpiresAt};
  }

  function isGood(token: AccessToken): boolean {
    const {family, generation} = token;
    return (
      now() < token.expiresAt &&
      token.serial > expiredUpTo &&
      families.isAlive(family) &&
      !families.isRetired(family, generation)
    );
  }

  const tokens: Tokens = {
    options,
    grant: (owner, scope, vehicles) => issue(families.start(owner, scope, vehicles)),
    lookUp(kind, value) {
      if (kind === 'access') {
        const token = access.get(value);
        return token && {family: token.family, generation: token.generation, valid: isGood(token)};
      }
      const token = refreshing.get(value);
      if (token === undefined) return undefined;
      const {family, generation} = token;
      return {family, generation, valid: now() < token.expiresAt && families.isAlive(family)};
    },
    refresh(value) {
      const token = refreshing.get(value);
      if (token === undefined || now() >= token.expiresAt || !families.isAlive(token.family))
        return undefined;
      const {family} = token;
      if (isSpent(token)) {
        if (revokeFamilyOnReuse) family.ended = true;
        return undefined;
      }
      if (!keepOldAccessTokens) family.retiredUpTo = family.newest;
      if (omitRefreshToken) return issue(family, {value, expiresAt: token.expiresAt});
      token.usedAt ??= steadyNow();
      return issue(family);
    },
    createCode(consent) {
      const value = dice.uuid();
      codes.set(value, {...consent, expiresAt: now() + codeTtlMs, used: false});
      return value;
    },
    codeOwner: code => codes.get(code)?.owner,
    redeem(value, redirectUri) {
      const code = codes.get(value);
      if (code === undefined) return undefined;
      if (code.used) {
        if (revokeFamilyOnReuse && code.family !== undefined) code.family.ended = true;
        return undefined;
      }
      code.used = true;
      if (now() >= code.expiresAt || !code.owner.connected) return undefined;
      if (code.redirectUri !== undefined && code.redirectUri !== redirectUri) return undefined;
      code.family = families.start(code.owner, code.scope, code.vehicles);
      return issue(code.family);
    },
    issueApplicationToken() {
      applicationGeneration += 1;
      const value = dice.token();
      const expiresAt = now() + options.applicationTtlMs;
      application.set(value, {generation: applicationGeneration, expiresAt});
      return value;
    },
    lookUpApplication(value) {
      const token = application.get(value);
      if (token === undefined) return undefined;
      const {generation, expiresAt} = token;
      return {generation, valid: now() < expiresAt && generation > applicationExpiredUpTo};
    },
    expireAccessTokens(owner) {
      if (owner !== undefined) return families.expire(owner);
      expiredUpTo = serial;
      applicationExpiredUpTo = applicationGeneration;
    },
    setRevoked: (owner, revoked) => families.setRevoked(owner, revoked),
  };
  return tokens;
}
