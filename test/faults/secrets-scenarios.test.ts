import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readScenario, type Actions, type Scenario} from '../../src/simulator/index.ts';
import {leaksOf, momentsOf, ownersReturn, round, staged} from './support/stage.ts';

const root = join(import.meta.dirname, '..', '..');
const text = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');

/** All that a scenario can bring about, one after another. */
const everything = (hook: string): Scenario => ({
  seed: 5,
  tokens: {graceMs: 0, revokeFamilyOnReuse: true, spentTokenError: 'invalid_request'},
  limits: {vehicle: {size: 20, everyMs: 60_000}},
  owners: [
    {id: 'ada', vehicles: [{id: 'adas-tesla'}, {id: 'adas-fiat', make: 'FIAT'}], grant: true},
    {id: 'bob', vehicles: [{id: 'bobs-kia', make: 'KIA'}], grant: true},
    {id: 'eve', vehicles: [{id: 'eves-vw', make: 'VOLKSWAGEN'}]},
  ],
  script: [
    {match: {share: 0.1}, reply: {error: 'UPSTREAM:UNKNOWN_ISSUE'}},
    {match: {vehicle: 'bobs-kia', share: 0.1}, reply: {drop: 'mid-body'}},
  ],
  revoke: [{owner: 'bob', how: 'permission', permission: 'read_odometer'}],
  webhooks: [{url: hook, duplicates: 0.5}],
  timeline: [
    {atMs: 60_000, next: {match: {vehicle: 'adas-tesla'}, reply: {html: 502}, forMs: 60_000}},
    {atMs: 300_000, revoke: {owner: 'ada', how: 'login', vehicle: 'adas-tesla'}},
    {atMs: 400_000, sendEvent: {vehicle: 'bobs-kia', error: 'VEHICLE_STATE:ASLEEP'}},
    {atMs: 500_000, jump: 86_400_000},
    {atMs: 600_000, expireAccessTokens: true},
    {atMs: 700_000, next: {match: {endpoint: 'token'}, reply: {drop: 'after'}}},
    {atMs: 700_001, expireAccessTokens: 'ada'},
    {
      atMs: 800_000,
      updateVehicle: {vehicle: 'adas-fiat', change: {fault: 'CONNECTED_SERVICES_ACCOUNT:SUBSCRIPTION'}},
    },
    {atMs: 900_000, restore: {owner: 'ada', how: 'login', vehicle: 'adas-tesla'}},
    {atMs: 1_000_000, jump: -86_400_000},
    {atMs: 1_100_000, revoke: {owner: 'ada', how: 'grant'}},
    {atMs: 1_200_000, next: {match: {endpoint: 'token'}, reply: {error: 'invalid_client'}, forMs: 60_000}},
    {atMs: 1_200_001, expireAccessTokens: true},
    {atMs: 1_300_000, advance: 3_600_000},
    {atMs: 5_000_000, setLimits: {application: {size: 2, perMinute: 1, retryAfter: true}}},
  ],
});

const VERBS: Readonly<Record<keyof Actions, true>> = {
  advance: true,
  jump: true,
  revoke: true,
  restore: true,
  expireAccessTokens: true,
  next: true,
  setLimits: true,
  updateVehicle: true,
  sendEvent: true,
};

test('the longest scenario has every verb', () => {
  const steps = everything('http://127.0.0.1').timeline ?? [];
  const used = new Set(steps.flatMap(step => Object.keys(step)));
  expect([...used].toSorted()).toEqual([...Object.keys(VERBS), 'atMs'].toSorted());
});

/** The files that come with the package, the one on the page about them, and the one of all. */
const SCENARIOS: readonly (readonly [name: string, scenarioOf: (hook: string) => Scenario])[] = [
  ...readdirSync(join(root, 'examples', 'scenarios')).map(
    name => [name, () => readScenario(text('examples', 'scenarios', name))] as const,
  ),
  ...[...text('docs', 'simulator-from-outside.md').matchAll(/```json\n(.*?)```/gs)]
    .filter(([, block]) => block?.includes('"timeline"'))
    .map(([, block], index) => [`docs, ${index}`, () => readScenario(block)] as const),
  ['everything', everything],
];

const EVENTS = ['success', 'refresh', 'reauth', 'pause', 'webhook', 'reauth-resolved', 'fail'] as const;

test.each(
  SCENARIOS.flatMap(([name, scenarioOf]) =>
    (['2', '3'] as const).map(version => ({name, scenarioOf, version})),
  ),
)(
  'no secret comes out of the scenario $name before v$version, from its beginning to its end',
  async ({name, scenarioOf, version}) => {
    const stage = await staged(scenarioOf, version);
    const {clock, policy, playing, simulator, sdk} = stage;
    const heard = new Set<string>();
    for (const event of EVENTS) policy.on(event, () => void heard.add(event));
    let back = 0;
    for (const [index, at] of momentsOf(scenarioOf('http://127.0.0.1')).entries()) {
      await clock.advance(Math.max(0, at - clock.monotonic()));
      await round(stage);
      if (index % 3 === 2) back += await ownersReturn(stage);
    }
    // The last request has brought the simulator's time up to here.
    await playing.done;
    await simulator.webhooks.idle();
    expect(playing.state).toBe('done');
    expect(await leaksOf(stage)).toEqual([]);

    // It was not nothing that was looked through.
    expect([...heard]).toEqual(expect.arrayContaining(['success', 'refresh', 'fail']));
    expect(sdk.spans().length).toBeGreaterThan(simulator.journal.length);
    if (name !== 'everything') return;
    expect(heard.size).toBe(EVENTS.length);
    expect(back).toBeGreaterThan(1);
  },
  120_000,
);
