import {getEventListeners} from 'node:events';
import {expect, test} from 'vitest';
import {unlessAborted} from '../../src/engine/unless-aborted.ts';

test('what others share comes through, and its failure too', async () => {
  const {signal} = new AbortController();
  await expect(unlessAborted(Promise.resolve('shared'), signal)).resolves.toBe('shared');
  await expect(unlessAborted(Promise.reject(new Error('down')), signal)).rejects.toThrow('down');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('the signal ends the wait with its reason, and the work goes on', async () => {
  const controller = new AbortController();
  const {promise, resolve} = Promise.withResolvers<string>();
  const waiting = unlessAborted(promise, controller.signal);
  controller.abort('gone');
  await expect(waiting).rejects.toBe('gone');
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  resolve('done all the same');
  await expect(promise).resolves.toBe('done all the same');
});

test('where it has aborted before, nothing is waited for, and a failure left behind disturbs nobody', async () => {
  const unheard: unknown[] = [];
  const hear = (error: unknown): void => void unheard.push(error);
  process.on('unhandledRejection', hear);
  const failed = Promise.reject(new Error('nobody hears this'));
  await expect(unlessAborted(failed, AbortSignal.abort('gone'))).rejects.toBe('gone');
  await new Promise(resolve => setImmediate(resolve));
  process.off('unhandledRejection', hear);
  expect(unheard).toEqual([]);
});
