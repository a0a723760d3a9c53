import {expect, test} from 'vitest';
import {enter, setup} from './support/gates.ts';

test('a gate that is shut again by old news while it opens is said to be open after that, and not before', async () => {
  const {gates, clock, log} = setup({vehicle: {commands: 1, requests: 5, spacingMs: 0}});
  const [slow] = gates.enterAtOnce(['vehicle:a']) ?? [];
  const [refused] = gates.enterAtOnce(['vehicle:a']) ?? [];
  gates.close('vehicle:a', {until: 500, reason: 'told'}, [refused!]);
  refused?.leave('unknown');
  await clock.advance(500);
  const probe = await enter(gates, 'vehicle:a');
  const next = enter(gates, 'vehicle:a');
  probe.leave('passed');
  const last = await next;

  gates.close('vehicle:a', {until: 2_000, reason: 'told'}, [slow!]);
  slow?.leave('unknown');
  last.leave('passed');
  const shut = ['closed vehicle:a until 500', 'closed vehicle:a until 2000'];
  expect(log).toEqual(shut);
  expect(gates.shut(['vehicle:a'])?.until).toBe(2_000);

  await clock.advance(1_500);
  const after = await enter(gates, 'vehicle:a');
  // Still one at a time: what was told is over, and nobody has come since.
  expect(gates.enterAtOnce(['vehicle:a'])).toBeUndefined();
  after.leave('passed');
  expect(log).toEqual([...shut, 'opened vehicle:a']);
});
