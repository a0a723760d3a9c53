import {describe, expect, test} from 'vitest';
import type {Pass} from '../../src/ports.ts';
import {enter, never, setup} from './support/gates.ts';

const told = (until: number): {until: number; reason: string} => ({until, reason: 'told'});

describe('a closed gate', () => {
  test('is shut for its own key and no other', () => {
    const {gates} = setup();
    gates.close('vehicle:a', told(500), []);

    const shut = {key: 'vehicle:a', until: 500, restMs: 500, reason: 'told'};
    expect(gates.shut(['application', 'vehicle:a'])).toEqual(shut);
    expect(gates.shut(['application', 'vehicle:b'])).toBeUndefined();
    expect(gates.enterAtOnce(['vehicle:a', 'application'])).toBeUndefined();
    expect(gates.enterAtOnce(['vehicle:b', 'application'])).toHaveLength(1);
  });

  test('that stays shut longest is the one that is told', () => {
    const {gates} = setup();
    gates.close('application', told(300), []);
    gates.close('vehicle:a', told(500), []);
    gates.close('user:ada', told(400), []);

    expect(gates.shut(['application', 'user:ada', 'vehicle:a'])?.key).toBe('vehicle:a');
  });

  test('is not opened earlier by a shorter time that is told later', () => {
    const {gates, log} = setup();
    gates.close('vehicle:a', told(500), []);
    gates.close('vehicle:a', told(300), []);

    expect(gates.shut(['vehicle:a'])?.restMs).toBe(500);
    expect(log).toEqual(['closed vehicle:a until 500']);
  });

  test('does not open when the wall clock is set', async () => {
    const {gates, clock} = setup();
    gates.close('application', told(500), []);
    clock.set(10_000_000);
    expect(gates.shut(['application'])?.restMs).toBe(500);
    await clock.advance(500);
    expect(gates.shut(['application'])).toBeUndefined();
  });

  test('opens for a probe at once when somebody knows better', async () => {
    const {gates, clock} = setup();
    gates.close('application', {until: 3_600_000, reason: 'billing', limit: true}, []);
    const waits = enter(gates, 'application');
    await clock.advance(1_000);

    expect(gates.reopen('application')).toBe(true);
    expect((await waits).failedProbes).toBe(1);
    expect(gates.reopen('application')).toBe(false);
    expect(gates.reopen('vehicle:unknown')).toBe(false);
  });

  test('refuses at once who may not wait so long, and sends away who waits when it closes for longer', async () => {
    const {gates, clock} = setup();
    gates.close('vehicle:a', told(500), []);
    const refused = await gates.enter('vehicle:a', {priority: 5, latest: 499}, never);
    expect(refused).toEqual({refused: 'too-long', key: 'vehicle:a', until: 500});

    const waits = gates.enter('vehicle:a', {priority: 5, latest: 600}, never);
    gates.close('vehicle:a', told(900), []);
    expect(await waits).toEqual({refused: 'too-long', key: 'vehicle:a', until: 900});
    expect(clock.waiting).toBe(0);
  });
});

describe('a place behind a gate that opens', () => {
  test('is no leave to send when one who was sent long before is told a longer time', async () => {
    const {gates, clock} = setup();
    gates.close('vehicle:a', told(500), []);
    await clock.advance(500);
    const probe = await enter(gates, 'vehicle:a');
    expect(gates.holds(['vehicle:a'], [probe])).toBe(true);

    gates.close('vehicle:a', told(2_000), []);
    expect(gates.shut(['vehicle:a'])?.until).toBe(2_000);
    expect(gates.holds(['vehicle:a'], [probe])).toBe(false);
    await clock.advance(1_500);
    expect(gates.holds(['vehicle:a'], [probe])).toBe(true);
  });

  test('is there at once, without a turn of the event loop, where nobody contends it', async () => {
    const {gates, clock} = setup();
    gates.close('application', told(500), []);
    await clock.advance(500);
    let got: Pass | undefined;
    void enter(gates, 'application').then(pass => (got = pass));
    for (let microtasks = 0; microtasks < 5; microtasks++) await Promise.resolve();

    expect(got?.key).toBe('application');
  });

  test('is given on when the one who holds it leaves, successful or not', async () => {
    const {gates, clock} = setup();
    gates.ease('application');
    const first = await enter(gates, 'application');
    let second: Pass | undefined;
    const waits = enter(gates, 'application').then(pass => (second = pass));
    await clock.advance(0);
    expect(second).toBeUndefined();
    first.leave('unknown');
    await waits;
    expect(second).toBeDefined();
  });

  test('is not lost to a caller who has gone', async () => {
    const {gates, clock} = setup();
    gates.ease('application');
    const first = await enter(gates, 'application');
    const gone = new AbortController();
    const left = enter(gates, 'application', gone.signal, 0);
    left.catch(() => undefined);
    const waits = enter(gates, 'application');
    gone.abort('gone');
    await expect(left).rejects.toBe('gone');
    first.leave('unknown');
    expect((await waits).key).toBe('application');
    await clock.advance(0);
  });

  test('is refused to a caller who has gone before asking', async () => {
    const {gates} = setup();
    gates.ease('application');
    await expect(enter(gates, 'application', AbortSignal.abort('gone'))).rejects.toBe('gone');
    expect(await enter(gates, 'application')).toBeDefined();
  });

  test('is waited for on, in turn, when the gate has closed again', async () => {
    const {gates, clock} = setup();
    gates.ease('application');
    const first = await enter(gates, 'application');
    const order: number[] = [];
    const waits = [1, 2, 3].map(async number => {
      const pass = await enter(gates, 'application');
      order.push(number, clock.now());
      pass.leave('passed');
    });
    gates.close('application', told(900), [first]);
    first.leave('unknown');

    await clock.run(Promise.all(waits));
    expect(order).toEqual([1, 900, 2, 900, 3, 900]);
  });

  test('is not given to more than the gate has room for, however callers come and go', async () => {
    const {gates, clock} = setup();
    gates.ease('application');
    let inside = 0;
    let most = 0;
    const visit = async (outcome: 'passed' | 'unknown'): Promise<void> => {
      const pass = await enter(gates, 'application');
      most = Math.max(most, ++inside);
      await clock.sleep(10);
      inside -= 1;
      pass.leave(outcome);
    };
    await clock.run(Promise.all(Array.from({length: 6}, () => visit('unknown'))));
    expect(most).toBe(1);
  });

  test('is not taken up by those who were sent before it closed', async () => {
    const {gates, clock} = setup();
    const [slow] = gates.enterAtOnce(['application']) ?? [];
    const [other] = gates.enterAtOnce(['application']) ?? [];
    gates.close('application', told(500), [other!]);
    other?.leave('unknown');
    await clock.advance(500);

    const probe = await enter(gates, 'application');
    expect(probe.failedProbes).toBe(1);
    slow?.leave('passed');
    expect(gates.enterAtOnce(['application'])).toBeUndefined();
    probe.leave('passed');
    expect(gates.enterAtOnce(['application'])).toHaveLength(1);
  });
});

test('calls no faster than is documented say nothing about a crowd, however many come through', async () => {
  const {gates, clock} = setup();
  for (let call = 0; call < 200; call++) {
    for (const pass of gates.enterAtOnce(['application']) ?? []) pass.leave('passed');
    await clock.advance(60_000);
  }
  const crowd = Array.from({length: 120}, () => gates.enterAtOnce(['application']));
  expect(crowd).not.toContain(undefined);

  // The one who filled it has to come back before another goes at once.
  let entered = 0;
  const next = enter(gates, 'application').then(() => (entered += 1));
  crowd[0]?.[0]?.leave('passed');
  await clock.advance(50);
  expect(entered).toBe(0);
  crowd[119]?.[0]?.leave('passed');
  await next;
  expect(clock.now()).toBe(200 * 60_000 + 50);
});

describe('a gate that nobody comes to any more', () => {
  test('is forgotten after ten minutes, and reported open', async () => {
    const {gates, clock, log} = setup();
    gates.close('vehicle:a', told(500), []);
    await clock.advance(500 + 600_001);

    expect(gates.enterAtOnce(['vehicle:a'])).toEqual([]);
    await Promise.resolve();
    expect(log).toEqual(['closed vehicle:a until 500', 'opened vehicle:a']);
  });

  test('keeps its pace while somebody has to wait for it, and forgets it two hours later', async () => {
    const {gates, clock} = setup();
    const hour = 3_600_000;
    const limited = {until: clock.now() + 30_000, reason: 'rate-limited', limit: true, toldMs: 30_000};
    const perMinute = (): number | undefined =>
      gates.list().find(({scope}) => scope === 'vehicle:a')?.rate?.perMinute;
    gates.close('vehicle:a', limited, []);
    await clock.advance(30_000);
    const first = perMinute();
    expect(first).toBeCloseTo(2, 1);

    // One read an hour waits for nobody: it says nothing about the pace. Two at once do: the second waits.
    for (let time = 0; time < 12; time++) {
      await clock.advance(hour - 31_000);
      const one = await enter(gates, 'vehicle:a');
      one.leave('passed');
      if (time % 2 === 1) continue;
      const other = enter(gates, 'vehicle:a');
      await clock.advance(31_000);
      (await other).leave('passed');
      expect(perMinute()).toBe(first);
    }
    await clock.advance(hour);
    expect(perMinute()).toBe(first);
    await clock.advance(hour);
    expect(perMinute()).toBeUndefined();
  });

  test('loses its pace to calls that never wait for it', async () => {
    const {gates, clock} = setup();
    const limited = {until: clock.now() + 30_000, reason: 'rate-limited', limit: true, toldMs: 30_000};
    gates.close('vehicle:a', limited, []);
    await clock.advance(30_000);
    for (let time = 0; time < 3; time++) {
      await clock.advance(3_600_000);
      for (const pass of gates.enterAtOnce(['vehicle:a']) ?? []) pass.leave('passed');
    }

    expect(gates.list().map(({scope}) => scope)).toEqual(['application']);
  });
});
