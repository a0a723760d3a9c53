import {InvalidArgumentError} from 'commander';

/** Reads the argument of an option as a number. */
export function numberFrom(expected: string, accepts: (value: number) => boolean): (text: string) => number {
  return text => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!accepts(value)) throw new InvalidArgumentError(`Expected ${expected}.`);
    return value;
  };
}
