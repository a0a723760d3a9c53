import {describe, expect, it, vi} from 'vitest';
import {errorEvent, NOON, VEHICLE} from './support/bench.ts';
import {LOGIN, PERMISSION, UNREACHABLE, GATE, episode, watched, permissions} from './support/watched.ts';

describe('a lost login', () => {
  it('opens an episode of the car, with the link of the server', async () => {
    const {opened, closed} = await watched().tell(errorEvent(LOGIN));
    expect(opened).toEqual([
      [
        {user: 'ada', vehicle: VEHICLE},
        {
          scope: 'vehicle',
          reason: 'server-says-reauthenticate',
          failure: expect.objectContaining({
            type: 'CONNECTED_SERVICES_ACCOUNT',
            code: 'AUTHENTICATION_FAILED',
            resolution: LOGIN.resolution,
          }),
          sentAt: NOON,
        },
      ],
    ]);
    expect(closed).toEqual([]);
  });

  it('opens one also where it comes without state, signals and time', async () => {
    const {opened} = await watched().tell(errorEvent({...LOGIN, state: undefined}, {meta: {}}));
    expect(opened).toHaveLength(1);
    expect(opened[0]?.[1]).not.toHaveProperty('sentAt');
  });

  it('opens none about an owner whom nobody knows', async () => {
    const {opened, closed} = await watched().tell(errorEvent(LOGIN), '');
    expect([opened, closed]).toEqual([[], []]);
  });
});

describe('a missing permission', () => {
  const signals = [
    'odometer-traveleddistance',
    {code: 'location-preciselocation'},
    'location-geofence',
    'surveillance-isenabled',
  ];
  const lacking = errorEvent({...PERMISSION, signals});

  it('opens an episode for each permission that `connect.scope` asks for, once', async () => {
    const scope = ['required:read_odometer', 'read_location', 'read_vin'];
    const seen = await watched({scope}).tell(lacking);
    expect(permissions(seen)).toEqual(['read_odometer', 'read_location']);
    expect(seen.opened[1]?.[1]).toMatchObject({
      scope: 'permission',
      endpoint: {permission: 'read_location', phrase: 'locate'},
    });
  });

  it.each([
    ['another scope', {scope: ['read_vin']}],
    ['an empty scope', {scope: []}],
    ['no scope', {}],
    ['a product that uses none of them', {scope: ['read_odometer'], usesSignal: () => false}],
  ])('opens none with %s', async (_name, settings) => {
    expect(permissions(await watched(settings).tell(lacking))).toEqual([]);
  });

  it('opens those that the product says it uses, whatever the scope says', async () => {
    const seen = await watched({usesSignal: code => code.startsWith('location')}).tell(lacking);
    expect(permissions(seen)).toEqual(['read_location']);
  });

  it('opens one without a name where a used signal stands for no known permission', async () => {
    const seen = await watched({usesSignal: code => code === 'surveillance-isenabled'}).tell(lacking);
    expect(permissions(seen)).toEqual([undefined]);
  });

  it('opens none where no signal is named', async () => {
    const seen = await watched({scope: ['read_odometer']}).tell(errorEvent(PERMISSION));
    expect(seen.opened).toEqual([]);
  });

  it('that was revoked at the maker is a lost login: signals do not matter', async () => {
    const revoked = {...PERMISSION, type: 'CONNECTED_SERVICES_ACCOUNT', code: 'PERMISSION'};
    const {opened} = await watched().tell(errorEvent(revoked));
    expect(opened).toMatchObject([[{user: 'ada', vehicle: VEHICLE}, {scope: 'vehicle'}]]);
  });
});

describe('a car that cannot be reached', () => {
  it.each([
    ['asleep', {}, 60_001, 'passes-by-itself'],
    ['unreachable', UNREACHABLE, 60_001, 'server-says-retry'],
  ])('shuts its gate: %s', async (_name, error, ms, reason) => {
    const {opened, closed} = await watched().tell(errorEvent(error));
    expect(closed).toEqual([[GATE, {until: NOON + ms, reason, limit: false}]]);
    expect(opened).toEqual([]);
  });

  it('shuts none where the event names no car', async () => {
    const {closed} = await watched().tell(
      errorEvent({}, {vehicleId: undefined, data: {errors: [{type: 'X'}]}}),
    );
    expect(closed).toEqual([]);
  });

  it.each(['COMPATIBILITY', 'SERVER', 'NEW_TYPE'])(
    'does nothing about %s, which nobody can help',
    async type => {
      const {opened, closed} = await watched().tell(errorEvent({type, code: 'X', resolution: {type: null}}));
      expect([opened, closed]).toEqual([[], []]);
    },
  );
});

it('does all that an event with several errors asks for', async () => {
  const event = errorEvent({}, {data: {errors: [LOGIN, UNREACHABLE]}});
  const {opened, closed} = await watched().tell(event);
  expect([opened.length, closed.length]).toEqual([1, 1]);
});

it('rejects where an episode cannot be opened, so that the event comes again', async () => {
  const open = vi.fn<() => unknown>().mockRejectedValue(new Error('no store'));
  const episodes = {open, list: () => [], end: () => undefined};
  await expect(watched({episodes}).tell(errorEvent(LOGIN))).rejects.toThrow('no store');
});

it.each(['NEW_TYPE', 'VERIFY', 'UNKNOWN'])('does nothing about an event of type %s', async eventType => {
  const {opened, closed, ended} = await watched({}, [episode()]).tell(errorEvent(LOGIN, {eventType}));
  expect([opened, closed, ended]).toEqual([[], [], []]);
});
