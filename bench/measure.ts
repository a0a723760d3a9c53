/** What one contender did in all rounds. */
export interface Result {
  readonly name: string;
  /** Microseconds for one call, or whatever the unit of the samples is: the median of the rounds. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** In the order of the rounds. */
  readonly samples: readonly number[];
}

export interface Contender {
  readonly name: string;
  /** One round; resolves with the sample. */
  readonly round: () => Promise<number>;
}

/** Runs the contenders in turn, each round from another first, so that what drifts and what lingers hits all alike. */
export async function interleaved<const T extends readonly Contender[]>(
  contenders: T,
  rounds: number,
  warmUps = 2,
): Promise<{readonly [K in keyof T]: Result}> {
  const samples = contenders.map((): number[] => []);
  for (let round = -warmUps; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (turn + round + warmUps) % contenders.length;
      const sample = (await contenders[index]?.round()) ?? Number.NaN;
      if (round >= 0) samples[index]?.push(sample);
    }
  }
  // One result for each contender, in their order.
  return contenders.map(({name}, index) => resultOf(name, samples[index] ?? [])) as {
    readonly [K in keyof T]: Result;
  };
}

export function resultOf(name: string, samples: readonly number[]): Result {
  const sorted = samples.toSorted((one, other) => one - other);
  return {
    name,
    median: sorted[sorted.length >> 1] ?? Number.NaN,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    samples,
  };
}

/** What a wrapper adds to the bare call, round by round. */
export function added(wrapped: Result, bare: Result): Result {
  const samples = wrapped.samples.map((sample, round) => sample - (bare.samples[round] ?? Number.NaN));
  return resultOf(wrapped.name, samples);
}

/** The median of the ratios round by round: neighbours in time share what the machine was doing. */
export function pairedRatio(one: Result, other: Result): number {
  const ratios = one.samples.map((sample, round) => sample / (other.samples[round] ?? Number.NaN));
  return resultOf(one.name, ratios).median;
}

/** Microseconds of one call, from many in a row. */
export function perCall(call: () => Promise<unknown>, calls: number): () => Promise<number> {
  return async () => {
    const began = performance.now();
    for (let index = 0; index < calls; index++) await call();
    return ((performance.now() - began) * 1_000) / calls;
  };
}
