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
export async function interleaved(
  contenders: readonly Contender[],
  rounds: number,
  warmUps = 2,
): Promise<Result[]> {
  const samples = contenders.map((): number[] => []);
  for (let round = -warmUps; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (turn + round + warmUps) % contenders.length;
      const sample = (await contenders[index]?.round()) ?? Number.NaN;
      if (round >= 0) samples[index]?.push(sample);
    }
  }
  return contenders.map(({name}, index) => {
    const own = samples[index] ?? [];
    const sorted = own.toSorted((one, other) => one - other);
    return {
      name,
      median: sorted[sorted.length >> 1] ?? 0,
      min: sorted[0] ?? 0,
      max: sorted.at(-1) ?? 0,
      samples: own,
    };
  });
}

/** Microseconds of one call, from many in a row. */
export function perCall(call: () => Promise<unknown>, calls: number): () => Promise<number> {
  return async () => {
    const began = performance.now();
    for (let index = 0; index < calls; index++) await call();
    return ((performance.now() - began) * 1_000) / calls;
  };
}

export function print(title: string, unit: string, results: readonly Result[], note: string): void {
  console.log(`\n${title}`);
  for (const {name, median, min, max} of results) {
    const numbers = [median, min, max].map(value => value.toFixed(value < 100 ? 2 : 0).padStart(9));
    console.log(
      `  ${name.padEnd(44)}${numbers[0]} ${unit}  (${numbers[1]?.trim()} to ${numbers[2]?.trim()})`,
    );
  }
  console.log(`  ${note}`);
}

/** The median of the ratios round by round: neighbours in time share what the machine was doing. */
export function pairedRatio(one: Result | undefined, other: Result | undefined): number {
  const ratios = (one?.samples ?? []).map((sample, round) => sample / (other?.samples[round] ?? Number.NaN));
  return ratios.toSorted((a, b) => a - b)[ratios.length >> 1] ?? Number.NaN;
}
