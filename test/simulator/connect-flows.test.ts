import {describe, expect, test} from 'vitest';
import {createFlows} from '../../src/simulator/connect/flows.ts';
import {readLink} from '../../src/simulator/connect/link.ts';
import {createDice} from '../../src/simulator/dice.ts';
import {noon} from './harness.ts';
import {home, open, post, hidden, send, password, logIn, withAda, parameters} from './connect-visit.ts';

describe('flows', () => {
  const over = {status: 410, title: 'Please start again', back: undefined};

  test('one that was forged, or never begun, says to start again', async () => {
    const simulator = await withAda();
    const {step} = hidden(await open(simulator));
    for (const flow of ['', 'forged', '__proto__']) {
      expect(await post(simulator, {flow, step, make: 'TESLA'})).toMatchObject(over);
    }
    const json = {method: 'POST', headers: {'content-type': 'application/json'}, body: '{"flow":1}'};
    expect((await fetch(`${simulator.origin}/oauth/authorize`, json)).status).toBe(410);
  });

  test('one is forgotten after an hour', async () => {
    const simulator = await withAda();
    const shown = await open(simulator);
    simulator.advance(3_599_999);
    const login = await send(simulator, shown, {make: 'TESLA'});
    expect(login.status).toBe(200);
    simulator.advance(1);
    expect(await send(simulator, login, {email: 'ada@example.com', password})).toMatchObject(over);
  });

  test('the oldest makes room for the thousand and first', () => {
    const flows = createFlows({dice: createDice(1, 'flows'), now: () => noon});
    const application = {
      clientId: 'id',
      clientSecrets: [],
      applicationId: 'other',
      managementToken: '',
      redirectUris: [home],
    };
    const link = readLink(application, 'authorize', new URLSearchParams({client_id: 'id'}));
    if ('refused' in link) throw new Error(link.refused);
    const [first, second] = Array.from({length: 1_001}, () => flows.begin(link, {name: 'brand'}));
    expect(flows.find(first?.id ?? '')).toBeUndefined();
    expect(flows.find(second?.id ?? '')).toBe(second);
  });

  test('the last form sent twice gives one code', async () => {
    const simulator = await withAda();
    const consent = await send(simulator, await logIn(simulator), {car: 'one'});
    expect(parameters(await send(simulator, consent, {grant: 'read_vin'}))).toHaveProperty('code');
    expect(await send(simulator, consent, {grant: 'read_vin'})).toMatchObject(over);
    const other = await open(simulator);
    expect((await send(simulator, other, {end: 'access_denied'})).status).toBe(303);
    expect(await send(simulator, other, {end: 'access_denied'})).toMatchObject(over);
  });

  test('no step is skipped by sending the form of a later one', async () => {
    const simulator = await withAda();
    const {flow} = hidden(await open(simulator));
    const later = {flow, email: 'ada@example.com', password, car: 'one', grant: 'read_vin', make: 'TESLA'};
    for (const step of ['login', 'relogin', 'cars', 'consent', '', 'nonsense']) {
      const shown = await post(simulator, {...later, step});
      expect(shown).toMatchObject({status: 200, title: 'Choose the brand of your car'});
      expect(shown.text).toContain('out of date');
    }
    expect((await post(simulator, {...later, step: 'brand'})).title).toBe('Log in to Tesla');
  });

  test('a page from before, sent again, shows where the flow is', async () => {
    const simulator = await withAda();
    const login = await open(simulator, {make: 'TESLA'});
    await send(simulator, login, {email: 'ada@example.com', password});
    const again = await send(simulator, login, {email: 'else@example.com', password});
    expect(again.title).toBe('Choose your cars');
  });

  test('no password and no code is in the journal', async () => {
    const simulator = await withAda({password: 'hunter2'});
    const login = await open(simulator, {make: 'TESLA'});
    const cars = await send(simulator, login, {email: 'ada@example.com', password: 'hunter2'});
    const done = await send(simulator, await send(simulator, cars, {car: 'one'}), {grant: 'read_vin'});
    const journal = JSON.stringify(simulator.journal);
    for (const secret of ['hunter2', hidden(login).flow, parameters(done)['code'] ?? '']) {
      expect(secret).not.toBe('');
      expect(journal).not.toContain(secret);
    }
  });
});
