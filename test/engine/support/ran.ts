import type {Call} from '../../../src/engine/call.ts';
import {runCall} from '../../../src/engine/loop.ts';
import {playing} from './bench.ts';
import type {FakeEngine} from './engine.ts';

/** Plays these outcomes, and moves the clock on until the call has ended: with a value, or with what it threw. */
export const ran = (engine: FakeEngine, call: Call, ...outcomes: readonly unknown[]): Promise<unknown> =>
  engine.clock.run(runCall(engine, call, {send: playing(...outcomes)}).catch((error: unknown) => error));
