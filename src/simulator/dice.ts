import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';

/** Chance that can be had again: the same seed gives the same ids and the same faults. */
export interface Dice {
  /** A version 4 UUID. */
  readonly uuid: () => string;
  /** 43 characters, as opaque as a token. */
  readonly token: () => string;
  /** From 0 up to, but not including, 1. */
  readonly share: () => number;
}

/** `stream` keeps one use apart from another, so that an id more does not change which calls fail. */
export function createDice(seed: number, stream = ''): Dice {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Expected \`seed\` to be a whole number, got \`${seed}\``);
  }
  const generator = xoroshiro128plus(mix(seed, stream));
  // It starts from few set bits; its first numbers would give the seed away.
  for (let skipped = 0; skipped < 16; skipped += 1) generator.next();
  const bytes = (count: number): Buffer => {
    const buffer = Buffer.allocUnsafe(Math.ceil(count / 4) * 4);
    for (let at = 0; at < buffer.length; at += 4) buffer.writeInt32LE(generator.next(), at);
    return buffer.subarray(0, count);
  };
  return {
    uuid() {
      const random = bytes(16);
      random[6] = (random[6]! & 0x0f) | 0x40;
      random[8] = (random[8]! & 0x3f) | 0x80;
      const hex = random.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
    token: () => bytes(32).toString('base64url'),
    share: () => uniformFloat64(generator),
  };
}

/** FNV-1a over seed and stream, stirred at the end so that neighbours lead far apart. */
function mix(seed: number, stream: string): number {
  let hash = 0x811c9dc5;
  for (const letter of `${seed} ${stream}`) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  // The finish of MurmurHash3: a changed bit of the hash changes half of the result.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
