import {expect} from 'vitest';

/** What a promise rejects with. */
export async function thrown(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise.then(() => expect.unreachable('nothing was thrown'));
  } catch (error) {
    return error;
  }
}

/** A `fetch` that answers without a server. */
export const answering =
  (make: () => Response): (() => Promise<Response>) =>
  () =>
    Promise.resolve(make());
