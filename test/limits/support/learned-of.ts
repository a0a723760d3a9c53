import type {Lane} from '../../../src/limits/lane.ts';
import type {Learned} from '../../../src/limits/learned.ts';

/** The pace that a lane has learned, which is its own affair. */
export const learnedOf = (lane: Lane): Learned | undefined =>
  (lane as unknown as {readonly learned?: Learned}).learned;
