import type {OwnerState} from '../fleet/owner.ts';

/** The tokens that one finished Connect has led to. */
export interface Family {
  readonly owner: OwnerState;
  readonly scope: ReadonlySet<string>;
  readonly vehicles: ReadonlySet<string>;
  /** The owner's count of token pairs before its first. */
  readonly bornAfter: number;
  /** Access tokens up to this generation were retired by a refresh. */
  retiredUpTo: number;
  /** The newest generation. */
  newest: number;
  /** Ended for good by the reuse of something that can be used only once. */
  ended: boolean;
}

/** What has been said about all of an owner's tokens. Generations count up, so one number says it. */
interface Verdict {
  revokedUpTo: number;
  expiredUpTo: number;
}

/** The families of every owner, without a list of them: nothing here grows with the number of tokens. */
export interface Families {
  start(owner: OwnerState, scope: ReadonlySet<string>, vehicles: ReadonlySet<string>): Family;
  /** Whether the family's tokens work, each within its own time. */
  isAlive(family: Family): boolean;
  /** Whether an access token of this generation has been ended before its time. */
  isRetired(family: Family, generation: number): boolean;
  /** Ends the access tokens there are. */
  expire(owner: OwnerState): void;
  setRevoked(owner: OwnerState, revoked: boolean): void;
}

export function createFamilies(): Families {
  const verdicts = new WeakMap<OwnerState, Verdict>();

  function verdictOn(owner: OwnerState): Verdict {
    let verdict = verdicts.get(owner);
    if (verdict === undefined) verdicts.set(owner, (verdict = {revokedUpTo: 0, expiredUpTo: 0}));
    return verdict;
  }

  return {
    start(owner, scope, vehicles) {
      const bornAfter = owner.tokenGeneration;
      return {owner, scope, vehicles, bornAfter, retiredUpTo: 0, newest: bornAfter, ended: false};
    },
    isAlive: family => !family.ended && family.bornAfter >= verdictOn(family.owner).revokedUpTo,
    isRetired: (family, generation) =>
      generation <= Math.max(family.retiredUpTo, verdictOn(family.owner).expiredUpTo),
    expire(owner) {
      verdictOn(owner).expiredUpTo = owner.tokenGeneration;
    },
    setRevoked(owner, revoked) {
      verdictOn(owner).revokedUpTo = revoked ? owner.tokenGeneration : 0;
    },
  };
}
