import {createPolicy, userTokens} from 'smartcar-policy';
import {interleaved, perCall} from './measure.ts';
import {rowOf, type Goal, type Row} from './row.ts';

const CALLS = 20_000;

const car = '36ab27d0-fd9d-4455-823a-ce30af709ffc';
const words = 'The vehicle did not answer in time. '.repeat(14);

/** About 1 kB, as v3 writes it. */
const body = {
  errors: [
    {
      status: '502',
      type: 'UPSTREAM',
      code: 'NO_RESPONSE',
      title: 'No Response',
      detail: words,
      links: {about: 'https://smartcar.com/docs/errors/api-errors/v3/upstream-errors#no-response'},
      resolution: {type: 'RETRY_LATER'},
      suggestedUserMessage: '<app name> could not reach your car. Please try again later.',
      meta: {debug: {requestId: '26c14915-0c26-43c5-8e42-9edfc2a66a0f'}},
    },
  ],
};
const text = JSON.stringify(body);

const later = (work: () => unknown): (() => Promise<number>) => perCall(() => Promise.resolve(work()), CALLS);

/** Microseconds to read, classify, decide about and explain one failure. Goal: at most 20. */
export async function explaining(): Promise<readonly Row[]> {
  const policy = createPolicy({
    auth: userTokens({clientId: 'id', clientSecret: 'secret'}),
    app: {name: 'Volt'},
    connect: {scope: ['read_odometer']},
  });
  const context = {
    status: 502,
    request: {method: 'GET', url: `https://vehicle.api.smartcar.com/v3/vehicles/${car}/signals`},
  };
  const [parsed, decided, explained] = await interleaved(
    [
      {name: 'JSON.parse of the body', round: later(() => JSON.parse(text) as unknown)},
      {name: 'policy.decide: read, classify, decide', round: later(() => policy.decide(body, context))},
      {name: 'policy.explain: the same, in words', round: later(() => policy.explain(body, context))},
    ],
    15,
  );
  await policy.close();
  const facts = {group: 'explain', unit: 'µs'};
  const goal: Goal = {of: 'median', atMost: 20};
  return [
    rowOf(parsed, facts),
    rowOf(decided, {...facts, against: parsed, goal}),
    rowOf(explained, {...facts, against: parsed, goal}),
  ];
}
