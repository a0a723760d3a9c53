import {expect, test} from 'vitest';
import {inService, scenarioWith} from './support.ts';

const AFTER_MS = 1_000;

test('a call that is refused when nobody waits any more is wasted once', async () => {
  const tally = await inService(
    scenarioWith({limits: {vehicle: {size: 1, everyMs: 60_000}}}),
    async ({read, pause}) => {
      await read(0);
      const leaving = new AbortController();
      const lost = read(0, leaving.signal).catch(() => undefined);
      leaving.abort();
      await Promise.all([lost, pause(AFTER_MS)]);
    },
  );
  expect(tally).toMatchObject({calls: 2, refused: 1, unheard: 0, parked: 0});
});

test('a call to a parked car that nobody waits for is wasted once', async () => {
  const tally = await inService(scenarioWith({limits: {monthly: {calls: 1}}}), async ({read, pause}) => {
    await read(0);
    await read(0);
    const leaving = new AbortController();
    const lost = read(0, leaving.signal).catch(() => undefined);
    leaving.abort();
    await Promise.all([lost, pause(AFTER_MS)]);
  });
  expect(tally).toMatchObject({calls: 3, refused: 0, unheard: 0, parked: 1});
});

test('calls of a fault are those that are sent while it lasts, to the millisecond', async () => {
  const tally = await inService(
    {...scenarioWith({}), fault: {from: 1_000, until: 1_500}},
    async ({read, pause}) => {
      // An answer takes 100 ms.
      await pause(899);
      await read(0); // At 899.
      await pause(1);
      await read(0); // At 1 000.
      await pause(399);
      await read(0); // At 1 499.
      await read(0); // At 1 599.
    },
  );
  expect(tally).toMatchObject({calls: 4, callsInFault: 2});
});

test('of refreshes at one moment for an owner who has left one is needed, and later ones are parked', async () => {
  const tally = await inService(
    {...scenarioWith({leaving: 'grant'}), api: 'v2'},
    async ({service, refresh}) => {
      const {refreshToken} = service.firstPair(0);
      service.garage.leaves(0);
      await Promise.all([refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)]);
      expect(service.tally).toMatchObject({renewals: 3, needed: 1, parked: 0, calls: 0});
      await refresh(refreshToken);
    },
  );
  expect(tally).toMatchObject({renewals: 3, needed: 1, parked: 1, calls: 1});
});

test('a car whose owner has revoked the grant is parked until the owner is back', async () => {
  const tally = await inService(
    {...scenarioWith({leaving: 'grant'}), api: 'v2'},
    async ({service, refresh, read}) => {
      const {refreshToken} = service.firstPair(0);
      service.garage.leaves(0);
      await read(0);
      expect(service.tally.parked).toBe(0);
      await refresh(refreshToken);
      await read(0);
      expect(service.tally.parked).toBe(1);
      service.returns(0);
      await read(0);
    },
  );
  expect(tally).toMatchObject({calls: 3, parked: 1});
});

test('a refresh token that was used up parks nobody while the grant lives', async () => {
  const tally = await inService(
    {...scenarioWith({}, {graceMs: 0}), api: 'v2'},
    async ({service, refresh, read}) => {
      const {refreshToken} = service.firstPair(0);
      await refresh(refreshToken);
      await refresh(refreshToken);
      await read(0);
    },
  );
  expect(tally).toMatchObject({renewals: 2, parked: 0});
});
