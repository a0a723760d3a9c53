import {describe, expect, test} from 'vitest';
import type {OwnerSpec, Simulator, SimulatorOptions} from '../../src/simulator/index.ts';
import {applicationToken, basic, postForm, sender, start, v2Owner} from './harness.ts';

const home = 'https://example.com/back';

/** What Connect answered: a page, or the way back. */
interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly title: string;
  readonly back: URL | undefined;
}

type Fields = Readonly<Record<string, string | readonly string[]>>;

async function read(response: Response): Promise<Shown> {
  const location = response.headers.get('location');
  const text = (await response.text()).replace(/\s+/g, ' ').replaceAll(' />', '>');
  return {
    status: response.status,
    headers: response.headers,
    text,
    title: /<h1>([^<]*)<\/h1>/.exec(text)?.[1] ?? '',
    back: location === null ? undefined : new URL(location),
  };
}

async function open(
  simulator: Simulator,
  query: Record<string, string> = {},
  errand = 'authorize',
  accept = 'text/html,application/xhtml+xml,*/*;q=0.8',
): Promise<Shown> {
  const link = {
    response_type: 'code',
    client_id: 'client_simulator',
    redirect_uri: home,
    state: 'abc',
    ...query,
  };
  const url = `${simulator.origin}/oauth/${errand}?${new URLSearchParams(link).toString()}`;
  return read(await fetch(url, {headers: {accept}, redirect: 'manual'}));
}

async function post(simulator: Simulator, fields: Fields, errand = 'authorize'): Promise<Shown> {
  const body = new URLSearchParams();
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat()) body.append(name, value);
  }
  const url = `${simulator.origin}/oauth/${errand}`;
  return read(await fetch(url, {method: 'POST', body, redirect: 'manual'}));
}

/** The hidden fields of a page. */
function hidden({text}: Shown): {flow: string; step: string} {
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  return {flow: value('flow'), step: value('step')};
}

/** Fills in the form of a page and sends it. */
function send(simulator: Simulator, shown: Shown, fields: Fields): Promise<Shown> {
  return post(simulator, {...hidden(shown), ...fields});
}

const password = 'any';

/** As far as the choice of cars, or as the link goes without it. */
async function logIn(
  simulator: Simulator,
  query: Record<string, string> = {},
  email = 'ada@example.com',
): Promise<Shown> {
  const shown = await open(simulator, {make: 'TESLA', ...query});
  return send(simulator, shown, {email, password});
}

async function withAda(spec: OwnerSpec = {}, options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await start(options);
  simulator.addOwner({id: 'ada', connected: false, vehicles: [{id: 'one', vin: 'VIN1'}], ...spec});
  return simulator;
}

function parameters({back}: Shown): Record<string, string> {
  return Object.fromEntries(back?.searchParams ?? []);
}

/** Buys tokens with the code of a redirect; returns what they are good for. */
async function granted(simulator: Simulator, {code = ''}: Record<string, string>) {
  const form = {grant_type: 'authorization_code', code, redirect_uri: home};
  const {body} = await postForm(simulator, '/oauth/token', form, basic(simulator));
  const ask = sender(simulator, {authorization: `Bearer ${body.access_token}`});
  const vehicles: string[] = (await ask('GET', '/v2.0/vehicles')).body.vehicles;
  const {permissions} = (await ask('GET', `/v2.0/vehicles/${vehicles[0]}/permissions`)).body;
  return {user: (await ask('GET', '/v2.0/user')).body.id, vehicles, permissions};
}

describe('who gets pages', () => {
  test.each([
    ['browsers', 'text/html', 200],
    ['browsers', 'application/json', 302],
    ['everybody', '*/*', 200],
    ['nobody', 'text/html', 302],
  ] as const)(
    'with `pages: %s`, a link opened with accept %s is answered with %i',
    async (pages, accept, status) => {
      const simulator = await withAda({}, {pages});
      expect((await open(simulator, {user: 'ada'}, 'authorize', accept)).status).toBe(status);
    },
  );

  test('without pages there is no form to send', async () => {
    const simulator = await withAda({}, {pages: 'nobody'});
    expect((await post(simulator, {flow: 'x'})).status).toBe(400);
  });

  test('several origins serve the same flow on the host of Connect and on that of v2', async () => {
    const simulator = await withAda({}, {origins: 'several'});
    const shown = await open(simulator, {make: 'TESLA'});
    const body = new URLSearchParams({...hidden(shown), email: 'ada@example.com', password});
    const answer = await fetch(`${simulator.origins.connect}/oauth/authorize`, {method: 'POST', body});
    expect(await answer.text()).toContain('<h1>Choose your cars</h1>');
  });
});

describe('the way through', () => {
  test('leads over brand, login, cars and consent to a code for exactly that', async () => {
    const simulator = await withAda({
      vehicles: [{id: 'one'}, {id: 'two'}, {id: 'other', make: 'FORD'}],
    });
    const brand = await open(simulator, {scope: 'required:read_vin read_odometer read_location'});
    expect(brand.title).toBe('Choose the brand of your car');
    const login = await send(simulator, brand, {make: 'TESLA'});
    expect(login.title).toBe('Log in to Tesla');
    const cars = await send(simulator, login, {email: 'ADA@example.com', password});
    expect(cars.title).toBe('Choose your cars');
    expect(cars.text).toContain('value="two"');
    expect(cars.text).not.toContain('value="other"');
    const consent = await send(simulator, cars, {car: ['two', 'other']});
    expect(consent.title).toBe('Allow access for client_simulator');
    // Required permissions need no tick; one that was not asked for can't be slipped in.
    const done = await send(simulator, consent, {grant: ['read_location', 'control_security']});
    expect(done.status).toBe(303);
    expect(done.back?.href.startsWith(`${home}?`)).toBe(true);
    expect(parameters(done)).toEqual({code: expect.any(String), state: 'abc'});
    expect(await granted(simulator, parameters(done))).toEqual({
      user: 'ada',
      vehicles: ['two'],
      permissions: ['read_vin', 'read_location'],
    });
  });

  test('connects the chosen cars for v3, and names the owner', async () => {
    const simulator = await withAda({vehicles: [{id: 'one'}, {id: 'two'}]});
    const client = {client_id: 'simulator-application', response_type: 'none', external_id: 'yours'};
    const cars = await logIn(simulator, {...client, scope: 'read_vin'});
    const done = await send(simulator, await send(simulator, cars, {car: 'two'}), {grant: 'read_vin'});
    expect(parameters(done)).toEqual({user_id: 'ada', external_id: 'yours', state: 'abc'});
    const authorization = `Bearer ${await applicationToken(simulator)}`;
    const {body} = await sender(simulator, {authorization, 'sc-user-id': 'ada'})('GET', '/v3/connections');
    expect(JSON.stringify(body.data)).toContain('two');
    expect(JSON.stringify(body.data)).not.toContain('"one"');
  });

  test('lets the owner choose another brand, unless the link chose', async () => {
    const simulator = await withAda();
    const login = await send(simulator, await open(simulator), {make: 'FORD'});
    expect(login.text).toContain('Choose another brand');
    const again = await send(simulator, login, {'another-brand': 'yes'});
    expect(again.title).toBe('Choose the brand of your car');
    const fixed = await open(simulator, {make: 'ford'});
    expect(fixed.text).not.toContain('Choose another brand');
    expect((await send(simulator, fixed, {'another-brand': 'yes'})).title).toBe('Log in to Ford');
  });

  test('asks for the brand when the link names one that nobody knows', async () => {
    const simulator = await withAda();
    const shown = await open(simulator, {make: 'Trabant<b>'});
    expect(shown.title).toBe('Choose the brand of your car');
    expect(shown.text).toContain('(TRABANT&lt;B&gt;)');
    expect((await send(simulator, shown, {make: 'TRABANT'})).text).toContain('Choose one of the brands.');
  });

  test('takes a brand that only a car of this simulator has, in any spelling', async () => {
    const simulator = await withAda({vehicles: [{make: 'MERCEDES-BENZ'}, {make: 'ZEEKR', model: 'X'}]});
    expect((await open(simulator)).text).toContain('ZEEKR');
    const cars = await logIn(simulator, {make: 'mercedes_benz'});
    expect(cars.text).toContain('MERCEDES-BENZ Model 3');
  });

  test('fills in the email of the owner that the link names', async () => {
    const simulator = await withAda();
    for (const query of [{user: 'ada'}, {external_id: 'ada'}]) {
      expect((await open(simulator, {make: 'TESLA', ...query})).text).toContain(
        'value="ada@example.com" list',
      );
    }
    expect((await open(simulator, {make: 'TESLA', user: 'stranger'})).text).toContain('value="" list');
  });

  test('ignores `flags` and `country`', async () => {
    const simulator = await withAda();
    expect((await open(simulator, {flags: 'country:DE', country: 'DE'})).status).toBe(200);
  });

  test.each(['', 'text/html'])('tells where to pair a missing virtual key (accept: %s)', async accept => {
    const simulator = await withAda({vehicles: [{id: 'one', virtualKey: false}]});
    const finish = async (scope: string) => {
      const query = {make: 'TESLA', user: 'ada', scope, approval_prompt: 'force'};
      const first = await open(simulator, query, 'authorize', accept);
      if (accept === '') return parameters(first);
      const cars = await send(simulator, first, {email: 'ada@example.com', password});
      return parameters(await send(simulator, await send(simulator, cars, {car: 'one'}), {grant: scope}));
    };
    expect((await finish('control_security'))['virtual_key_url']).toMatch(/^https:\/\/www\.tesla\.com\//);
    expect(await finish('read_vin')).not.toHaveProperty('virtual_key_url');
  });

  test('names no virtual key for the cars of other makers', async () => {
    const simulator = await withAda({vehicles: [{make: 'FORD', virtualKey: false}]});
    const query = {user: 'ada', scope: 'control_security'};
    expect(parameters(await open(simulator, query, 'authorize', '*/*'))).toEqual({
      code: expect.any(String),
      state: 'abc',
    });
  });
});

describe('cars', () => {
  test('at least one has to be chosen', async () => {
    const simulator = await withAda();
    const cars = await logIn(simulator);
    const again = await send(simulator, cars, {});
    expect(again.text).toContain('Choose at least one car.');
    expect(again.text).toContain('<fieldset aria-describedby="problem">');
    expect((await send(simulator, again, {car: 'stranger'})).title).toBe('Choose your cars');
    expect((await send(simulator, again, {car: 'one'})).title).toBe('Allow access for client_simulator');
  });

  test('single_select lets the owner choose one and no more', async () => {
    const simulator = await withAda({vehicles: [{id: 'one'}, {id: 'two'}]});
    const cars = await logIn(simulator, {single_select: 'true'});
    expect(cars.text).toContain('type="radio"');
    expect(cars.text).not.toContain('type="checkbox"');
    expect((await send(simulator, cars, {car: ['one', 'two']})).text).toContain('Choose one car.');
    const done = await send(simulator, await send(simulator, cars, {car: 'two'}), {grant: 'read_vin'});
    expect((await granted(simulator, parameters(done))).vehicles).toEqual(['two']);
  });

  test('single_select_vin skips brand and choice, and beats the make', async () => {
    const simulator = await withAda({vehicles: [{id: 'one'}, {id: 'two', vin: 'VIN2', make: 'FORD'}]});
    const login = await open(simulator, {single_select: 'true', single_select_vin: 'vin2', make: 'TESLA'});
    expect(login.title).toBe('Log in to Ford');
    const consent = await send(simulator, login, {email: 'ada@example.com', password});
    expect(consent.title).toBe('Allow access for client_simulator');
    const done = await send(simulator, consent, {grant: 'read_vin'});
    expect((await granted(simulator, parameters(done))).vehicles).toEqual(['two']);
  });

  test('single_select_vin is one car, even where two were set up with the same VIN', async () => {
    const simulator = await withAda({
      vehicles: [
        {id: 'one', vin: 'SAME'},
        {id: 'two', vin: 'SAME'},
      ],
    });
    const consent = await logIn(simulator, {single_select_vin: 'SAME'});
    const done = await send(simulator, consent, {grant: 'read_vin'});
    expect((await granted(simulator, parameters(done))).vehicles).toEqual(['one']);
  });

  test('single_select_vin of a car that the account does not have ends with no_vehicles', async () => {
    const simulator = await withAda();
    simulator.addOwner({id: 'bob', vehicles: [{vin: 'VIN2'}]});
    expect(parameters(await logIn(simulator, {single_select_vin: 'VIN2'}))).toMatchObject({
      error: 'no_vehicles',
    });
  });

  test('single_select_vin of a car that nobody has asks for the brand', async () => {
    const simulator = await withAda();
    const brand = await open(simulator, {single_select_vin: 'NEW', mode: 'simulated'});
    expect(brand.title).toBe('Choose the brand of your car');
    const login = await send(simulator, brand, {make: 'KIA'});
    await send(simulator, login, {email: 'new@example.com', password});
    expect(simulator.owners()[1]?.vehicles).toMatchObject([{make: 'KIA', vin: 'NEW'}]);
  });
});

describe('consent', () => {
  test('is only asked for what has not been granted for these cars', async () => {
    const simulator = await withAda({
      connected: true,
      scope: ['read_vin'],
      vehicles: [{id: 'one'}, {id: 'two'}],
    });
    const finish = async (query: Record<string, string>, car: readonly string[] = ['one', 'two']) =>
      send(simulator, await logIn(simulator, query), {car});
    expect(parameters(await finish({scope: 'read_vin'}))).toHaveProperty('code');
    expect(parameters(await finish({}))).toHaveProperty('code');
    expect((await finish({scope: 'read_vin read_odometer'})).title).toContain('Allow access');
    expect((await finish({scope: 'read_vin', approval_prompt: 'force'})).title).toContain('Allow access');
    simulator.revoke({owner: 'ada', how: 'permission', permission: 'read_vin', vehicle: 'two'});
    expect((await finish({scope: 'read_vin'})).title).toContain('Allow access');
    expect(parameters(await finish({scope: 'read_vin'}, ['one']))).toHaveProperty('code');
    simulator.revoke({owner: 'ada', how: 'grant'});
    expect((await finish({scope: 'read_vin'}, ['one'])).title).toContain('Allow access');
  });

  test('says every permission in plain words, and what can’t be left out', async () => {
    const simulator = await withAda();
    const {text} = await send(
      simulator,
      await logIn(simulator, {scope: 'read_location required:read_location read_location control_trunk'}),
      {car: 'one'},
    );
    expect(text).toContain('value="read_location" checked disabled');
    expect(text).toContain('value="control_trunk" checked>');
    expect(text).toContain('See where your car is <span class="quiet">(required)</span>');
    expect(text).toContain('Open and close the boot</label>');
    const everything = await send(simulator, await logIn(simulator), {car: 'one'});
    const labels = [...everything.text.matchAll(/<label for="(?:read|control)_\w+">([^<]*)</g)].map(
      found => found[1],
    );
    expect(labels).toHaveLength(28);
    expect(labels.filter(label => /_/.test(label ?? ''))).toEqual([]);
  });

  test('to nothing at all is no consent', async () => {
    const simulator = await withAda();
    const page = await send(simulator, await logIn(simulator, {scope: 'read_vin'}), {car: 'one'});
    expect((await send(simulator, page, {})).text).toContain('Allow at least one permission');
    expect(parameters(await send(simulator, page, {grant: 'read_vin'}))).toHaveProperty('code');
  });

  test('to a link that asks for nothing is given with a code for nothing', async () => {
    const simulator = await withAda();
    const page = await send(simulator, await logIn(simulator, {scope: ''}), {car: 'one'});
    expect(page.text).toContain('It asks for no permission.');
    expect((await granted(simulator, parameters(await send(simulator, page, {})))).permissions).toEqual([]);
  });
});

describe('logging in', () => {
  test('checks a password where the owner has one', async () => {
    const simulator = await withAda({password: 'right'});
    const login = await open(simulator, {make: 'TESLA'});
    const wrong = await send(simulator, login, {email: 'ada@example.com', password: 'wrong-one'});
    expect(wrong).toMatchObject({status: 200, title: 'Log in to Tesla'});
    expect(wrong.text).toContain('role="alert" id="problem"');
    expect(wrong.text).toMatch(/<input[^>]*id="password"[^>]*aria-describedby="problem"/);
    expect(wrong.text).toContain('value="ada@example.com"');
    expect(wrong.text).not.toContain('wrong-one');
    expect(wrong.text).toContain('ada@example.com, its own password');
    const right = await send(simulator, wrong, {email: 'ada@example.com', password: 'right'});
    expect(right.title).toBe('Choose your cars');
  });

  test('in live mode knows only the accounts that are there, and names those of the brand', async () => {
    const simulator = await withAda();
    simulator.addOwner({id: 'ford', vehicles: [{make: 'FORD'}]});
    const login = await open(simulator, {make: 'TESLA'});
    const stranger = await send(simulator, login, {email: 'bob@example.com', password});
    expect(stranger.text).toContain('no account with this email');
    expect(stranger.text).toContain('<option value="ada@example.com">');
    expect(stranger.text).not.toContain('ford@example.com');
    expect(stranger.text).toContain('mode=simulated');
    const asTest = await send(simulator, login, {email: 'VEHICLE_STATE.ASLEEP@smartcar.com', password});
    expect(asTest.text).toContain('needs a link with mode=simulated');
    expect((await send(simulator, login, {email: ' ', password})).text).toContain('Enter your email');
    expect((await send(simulator, login, {email: 'a@b'})).text).toContain('Enter your password');
    expect(simulator.owners()).toHaveLength(2);
  });

  test('names twenty accounts and counts the rest', async () => {
    const simulator = await start();
    for (let count = 0; count < 25; count += 1) simulator.addOwner();
    const {text} = await open(simulator, {make: 'TESLA'});
    expect(text.match(/<option value="[^"]*@/g)).toHaveLength(20);
    expect(text).toContain('And 5 more.');
  });

  test.each(['simulated', 'test'])(
    'in mode %s makes an account for whoever comes, and keeps it',
    async mode => {
      const simulator = await withAda();
      const cars = await logIn(simulator, {mode, make: 'FORD'}, 'New@Example.com');
      expect(cars.text).toContain('FORD Mustang Mach-E');
      await logIn(simulator, {mode, make: 'FORD'}, 'new@example.com');
      const [, made, ...more] = simulator.owners();
      expect(more).toEqual([]);
      const id = made?.vehicles[0]?.id ?? '';
      const consent = await send(simulator, cars, {car: id});
      const done = await send(simulator, consent, {grant: 'read_vin'});
      expect(await granted(simulator, parameters(done))).toEqual({
        user: made?.id,
        vehicles: [id],
        permissions: ['read_vin'],
      });
    },
  );

  test('in simulated mode refuses what is no address', async () => {
    const simulator = await withAda();
    for (const email of ['ada', '@', 'a b@c', `${'a'.repeat(250)}@example.com`]) {
      expect((await logIn(simulator, {mode: 'simulated'}, email)).text).toContain(
        'Enter an email address such as',
      );
    }
    expect(simulator.owners()).toHaveLength(1);
  });

  test('in simulated mode the password of an owner still counts', async () => {
    const simulator = await withAda({password: 'right'});
    expect((await logIn(simulator, {mode: 'simulated'})).text).toContain('This password is not right.');
  });

  test('a test login brings its own cars, of the chosen brand', async () => {
    const simulator = await start();
    await logIn(simulator, {mode: 'simulated', make: 'BMW'}, '3-vehicles@smartcar.com');
    await logIn(simulator, {mode: 'simulated', make: 'BMW'}, 'VEHICLE_STATE.ASLEEP@smartcar.com');
    await logIn(simulator, {mode: 'simulated', make: 'BMW'}, '5YJSA1E14FF101307@fuel.smartcar.com');
    const [three, asleep, fuel] = simulator.owners();
    expect(three?.vehicles.map(({make}) => make)).toEqual(['BMW', 'BMW', 'BMW']);
    expect(simulator.vehicle(asleep?.vehicles[0]?.id ?? '')).toMatchObject({
      make: 'BMW',
      fault: 'VEHICLE_STATE:ASLEEP',
    });
    expect(simulator.vehicle(fuel?.vehicles[0]?.id ?? '')).toMatchObject({
      vin: '5YJSA1E14FF101307',
      powertrain: 'ICE',
    });
  });
});

describe('endings', () => {
  test.each([
    ['smartcar@invalid-subscription.com', {error: 'invalid_subscription'}],
    ['0-vehicles@smartcar.com', {error: 'no_vehicles'}],
    [
      '5yjsa1e14ff101307@incompatible.smartcar.com',
      {
        error: 'vehicle_incompatible',
        vin: '5YJSA1E14FF101307',
        make: 'FORD',
        model: 'Mustang Mach-E',
        year: '2023',
      },
    ],
    [
      'smartcar@vehicle-incompatible.com',
      {
        error: 'vehicle_incompatible',
        vin: expect.any(String),
        make: 'FORD',
        model: 'Mustang Mach-E',
        year: '2023',
      },
    ],
  ])('the test login %s has its own', async (email, expected) => {
    const simulator = await start();
    const done = await logIn(simulator, {mode: 'simulated', make: 'FORD'}, email);
    expect(done.status).toBe(303);
    expect(parameters(done)).toEqual({...expected, error_description: expect.any(String), state: 'abc'});
    expect(simulator.owners()).toEqual([]);
  });

  test('an account without cars of the brand has no vehicles', async () => {
    const simulator = await withAda();
    expect(parameters(await logIn(simulator, {make: 'FORD'}))).toMatchObject({error: 'no_vehicles'});
  });

  test.each([
    ['access_denied', {}],
    ['vehicle_incompatible', {make: 'TESLA', model: 'Model 3', year: '2023', vin: 'VIN1'}],
    ['invalid_subscription', {}],
    ['no_vehicles', {}],
    ['configuration_error', {status_code: '400', error_message: expect.any(String)}],
    ['server_error', {}],
    ['user_manually_returned_to_application', {}],
    ['oem_cancelled_login', {}],
    ['user_cancelled', {}],
  ])('every page offers to rehearse %s', async (error, more) => {
    const simulator = await withAda();
    const visits = [
      () => open(simulator),
      () => open(simulator, {make: 'TESLA'}),
      () => logIn(simulator),
      async () => send(simulator, await logIn(simulator), {car: 'one'}),
    ];
    for (const visit of visits) {
      const shown = await visit();
      expect(shown.text).toContain(`<option value="${error}">`);
      expect(shown.text).toContain('Return to client_simulator');
      const done = await send(simulator, shown, {end: error});
      expect(done.status).toBe(303);
      expect(parameters(done)).toEqual({error, error_description: expect.any(String), state: 'abc', ...more});
    }
    const authorization = `Bearer ${await applicationToken(simulator)}`;
    const {body} = await sender(simulator, {authorization, 'sc-user-id': 'ada'})('GET', '/v3/connections');
    expect(body.data).toEqual([]);
  });

  test('one that nobody knows is no ending', async () => {
    const simulator = await withAda();
    const shown = await send(simulator, await open(simulator), {end: 'toString'});
    expect(shown).toMatchObject({status: 200, title: 'Choose the brand of your car'});
    expect(shown.text).toContain('no such ending');
  });

  test.each(['text/html', 'application/json'])(
    'a link that is set up wrongly goes back with what is wrong in it (accept: %s)',
    async accept => {
      const simulator = await withAda();
      const mistakes = [
        [{response_type: 'token'}, /`response_type` to be code or none, got `token`/],
        [{response_type: ''}, /`response_type` to be code or none, got ``/],
        [{scope: 'read_vin required:read_mind'}, /`scope` .* got `read_mind`/],
        [{mode: 'dead'}, /`mode` to be live, simulated, test, got `dead`/],
        [{approval_prompt: 'maybe'}, /`approval_prompt` to be auto or force, got `maybe`/],
      ] as const;
      for (const [query, message] of mistakes) {
        const shown = await open(simulator, {user: 'ada', ...query}, 'authorize', accept);
        expect(shown.status).toBe(302);
        expect(parameters(shown)).toEqual({
          error: 'configuration_error',
          error_description: expect.any(String),
          status_code: '400',
          error_message: expect.stringMatching(message),
          state: 'abc',
        });
      }
    },
  );

  test('`simulate` needs no page', async () => {
    const simulator = await withAda();
    const shown = await open(simulator, {simulate: 'server_error'});
    expect(shown.status).toBe(302);
    expect(parameters(shown)).toMatchObject({error: 'server_error'});
  });
});

describe('links that are not to be trusted', () => {
  test.each([
    [{client_id: 'stranger'}, 'client_id'],
    [{redirect_uri: 'https://evil.example/<script>'}, 'redirect_uri'],
    [{redirect_uri: 'nonsense'}, 'redirect_uri'],
    [{simulate: 'nonsense'}, 'simulate'],
  ])('%o gets a page that says so, and no redirect', async (query, name) => {
    const simulator = await withAda({}, {redirectUris: [home]});
    const shown = await open(simulator, query);
    expect(shown).toMatchObject({status: 400, title: 'This link does not work', back: undefined});
    expect(shown.text).toContain(`\`${name}`);
    expect(shown.text).not.toContain('<script>');
    expect(shown.headers.get('content-type')).toContain('text/html');
  });

  test.each(['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', 'file:///etc/passwd'])(
    '%s is no place to send anyone to',
    async redirectUri => {
      const simulator = await withAda();
      for (const accept of ['text/html', '*/*']) {
        const shown = await open(simulator, {user: 'ada', redirect_uri: redirectUri}, 'authorize', accept);
        expect(shown).toMatchObject({status: 400, back: undefined});
      }
    },
  );

  test('an app’s own scheme is', async () => {
    const simulator = await withAda();
    const shown = await open(
      simulator,
      {user: 'ada', redirect_uri: 'sc123://exchange?x=1'},
      'authorize',
      '*/*',
    );
    expect(shown.back?.href).toMatch(/^sc123:\/\/exchange\?x=1&code=/);
  });

  test('whatever stands in the link or is typed comes back as text', async () => {
    const hostile = `"><script>alert('x')</script>&`;
    const simulator = await withAda({
      vehicles: [{id: hostile, model: hostile, vin: hostile}],
      email: `${hostile}@x`,
    });
    simulator.addOwner({id: hostile, email: 'b@x'});
    const query = {state: hostile, redirect_uri: `${home}?x=${hostile}`, user: hostile, external_id: hostile};
    const login = await open(simulator, {...query, make: 'TESLA'});
    const wrong = await send(simulator, login, {email: hostile, password: hostile});
    const cars = await send(simulator, wrong, {email: `${hostile}@x`, password});
    const consent = await send(simulator, cars, {car: hostile});
    for (const {text, title} of [login, wrong, cars, consent]) {
      expect(title).not.toBe('');
      expect(text).not.toContain('<script');
      expect(text).not.toContain(`"${hostile}`);
    }
    expect(wrong.text).toContain('value="&quot;&gt;&lt;script&gt;');
    const done = await send(simulator, consent, {grant: 'read_vin'});
    expect(parameters(done)).toMatchObject({state: hostile, external_id: hostile, code: expect.any(String)});
  });

  test('every page forbids scripts, frames, caches and referrers', async () => {
    const simulator = await withAda();
    const shown = [await open(simulator), await open(simulator, {client_id: 'x'}), await post(simulator, {})];
    for (const {headers} of shown) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('form-action');
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'content-type': 'text/html; charset=utf-8',
      });
    }
  });
});

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

  test('the oldest makes room for the thousand and first', async () => {
    const simulator = await withAda();
    const first = await open(simulator);
    const second = await open(simulator);
    for (let count = 0; count < 999; count += 1) await open(simulator);
    expect(await send(simulator, first, {make: 'TESLA'})).toMatchObject(over);
    expect((await send(simulator, second, {make: 'TESLA'})).status).toBe(200);
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

function reauthentication(vehicle: string): Record<string, string> {
  return {response_type: 'vehicle_id', vehicle_id: vehicle};
}

describe('reauthentication', () => {
  test('shows the car, takes the login of its account, and leaves the tokens as they are', async () => {
    const simulator = await start();
    const {vehicle, send: ask} = v2Owner(simulator, {id: 'ada', password: 'right'});
    simulator.addOwner({id: 'bob'});
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    const login = await open(simulator, reauthentication(vehicle), 'reauthenticate');
    expect(login.title).toBe('Log in to Tesla again');
    expect(login.text).toContain('<strong>Tesla Model 3, 2023</strong>');
    const tries = [
      ['bob@example.com', password, 'belongs to another account'],
      ['ada@example.com', 'wrong', 'password is not right'],
      ['new@example.com', password, 'no account with this email'],
    ] as const;
    for (const [email, typed, message] of tries) {
      const again = await send(simulator, login, {email, password: typed});
      expect(again).toMatchObject({status: 200, title: 'Log in to Tesla again'});
      expect(again.text).toContain(message);
    }
    expect((await ask('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(400);
    const fields = {...hidden(login), email: 'ada@example.com', password: 'right'};
    const done = await post(simulator, fields, 'reauthenticate');
    expect(done.status).toBe(303);
    expect(parameters(done)).toEqual({vehicle_id: vehicle, state: 'abc'});
    expect((await ask('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(200);
  });

  test('makes up no account, not even in simulated mode', async () => {
    const simulator = await withAda({connected: true});
    const login = await open(simulator, {...reauthentication('one'), mode: 'simulated'}, 'reauthenticate');
    expect((await send(simulator, login, {email: 'new@example.com', password})).text).toContain('no account');
    expect(simulator.owners()).toHaveLength(1);
    const asTest = await send(simulator, login, {email: 'smartcar@vehicle-incompatible.com', password});
    expect(parameters(asTest)).toMatchObject({error: 'vehicle_incompatible', vin: 'VIN1'});
  });

  test('goes back at once for a car that is not connected, also when it was taken out meanwhile', async () => {
    const simulator = await withAda({connected: true});
    const stranger = await open(simulator, reauthentication('stranger'), 'reauthenticate');
    expect(parameters(stranger)).toMatchObject({error: 'configuration_error', state: 'abc'});
    const login = await open(simulator, reauthentication('one'), 'reauthenticate');
    simulator.revoke({owner: 'ada', how: 'grant'});
    const done = await send(simulator, login, {email: 'ada@example.com', password});
    expect(parameters(done)).toMatchObject({error: 'configuration_error'});
  });

  test('can be left, too', async () => {
    const simulator = await withAda({connected: true});
    const login = await open(simulator, reauthentication('one'), 'reauthenticate');
    expect(login.text).toContain('Return to client_simulator');
    const done = await send(simulator, login, {end: 'oem_cancelled_login'});
    expect(parameters(done)).toMatchObject({error: 'oem_cancelled_login', state: 'abc'});
  });
});
