import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';

/** Chance that can be had again: the same seed gives the same ids and the same faults. */
export interface Dice {
  /** A version 4 UUID. */
  uuid(): string;
  /** 43 characters, as opaque as a token. */
  token(): string;
  /** From 0 up to, but not including, 1. */
  share(): number;
}

/** `stream` keeps one use apart from another, so that an id more does not change which calls fail. */
export function createDice(seed: number, stream = ''): Dice {
  const generator = xoroshiro128plus(mix(seed, stream));
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

/** FNV-1a over the stream's name, begun with the seed. */
function mix(seed: number, stream: string): number {
  let hash = (seed ^ 0x811c9dc5) | 0;
  for (const letter of stream) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
