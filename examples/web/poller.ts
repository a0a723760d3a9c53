import {setTimeout as sleep} from 'node:timers/promises';
import type {Garage} from './garage.ts';
import type {Answer, Reader} from './smartcar.ts';

/** Reads cars, one after the other in time, each for itself. */
export interface Poller {
  /** Begins with a car, once. */
  watch(car: string): void;
  /** No further reads. Reads that wait end when the policy is closed. */
  stop(): void;
  /** Resolves when nothing is under way any more. */
  done(): Promise<unknown>;
}

export function createPoller(reader: Reader, garage: Garage, everyMs: number): Poller {
  const stopping = new AbortController();
  const {signal} = stopping;
  const loops = new Map<string, Promise<void>>();

  async function round(car: string): Promise<number> {
    const odometer = await reader.odometer(car);
    garage.note(car, 'odometerKm', odometer, ({distance}) => distance);
    if ('message' in odometer) return pauseAfter(odometer);
    const battery = await reader.battery(car);
    garage.note(car, 'batteryShare', battery, ({percentRemaining}) => percentRemaining);
    return pauseAfter(battery);
  }

  /** The policy has said when it makes sense again; to ask before that would only be refused. */
  function pauseAfter(answer: Answer<unknown>): number {
    const until = 'message' in answer ? (answer.retryAt ?? 0) - Date.now() : 0;
    return Math.max(everyMs, Math.min(until, LONGEST_PAUSE_MS));
  }

  async function loop(car: string): Promise<void> {
    while (!signal.aborted && garage.find(car)) {
      const pause = await round(car);
      await sleep(pause, undefined, {signal}).catch(() => undefined);
    }
    loops.delete(car);
  }

  return {
    watch(car) {
      if (!loops.has(car) && !signal.aborted) loops.set(car, loop(car));
    },
    stop: () => stopping.abort(),
    done: () => Promise.all(loops.values()),
  };
}

/** A timer of Node ends at 24 days, and a server that is restarted forgets its timers anyway. */
const LONGEST_PAUSE_MS = 3_600_000;
