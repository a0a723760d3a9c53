/** Members that readers look at: junk in these places hits more than junk anywhere. */
export const KEYS = [
  'type',
  'code',
  'status',
  'statusCode',
  'resolution',
  'error',
  'errors',
  'responses',
  'data',
  'attributes',
  'value',
  'body',
  'headers',
  'path',
  'cause',
  'response',
  'name',
  'message',
  'stack',
  'state',
  'url',
  'meta',
  'debug',
  'requestId',
  'retryAfter',
  'get',
  'clone',
  'length',
] as const;

const no = (): never => {
  throw new Error('no');
};

const throwsOnReads: ProxyHandler<object> = {get: no, has: no, ownKeys: no, getPrototypeOf: no};
const throwsOnAll: ProxyHandler<object> = {
  ...throwsOnReads,
  getOwnPropertyDescriptor: no,
  set: no,
  apply: no,
};

function revoked(target: object): unknown {
  const {proxy, revoke} = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function throwingGetters(): object {
  const getters = KEYS.map(key => [key, {enumerable: true, get: no}] as const);
  return Object.defineProperties({}, Object.fromEntries(getters));
}

/** An error, a body, a batch and a list of signals in one, each of them made of a hundred of itself. */
function knot(): Record<string, unknown> {
  const one: Record<string, unknown> = {type: 'UPSTREAM', code: 'NO_RESPONSE', stack: 'at'};
  const hundred = Array.from({length: 100}, () => one);
  for (const key of ['data', 'cause', 'body', 'attributes', 'response', 'error', 'resolution'])
    one[key] = one;
  return Object.assign(one, {errors: hundred, responses: hundred});
}

function itself(): unknown {
  const one: object = new Proxy(() => one, {get: () => one, apply: () => one});
  return one;
}

const badList = (): unknown[] => [new Proxy({}, throwsOnAll), revoked({}), throwingGetters(), null, knot()];

/** What strangers throw: values that answer every touch with an error, or never end. */
export const HOSTILE: Readonly<Record<string, () => unknown>> = {
  'a proxy that throws on everything': () => new Proxy({}, throwsOnAll),
  'a function that throws on everything': () => new Proxy(() => undefined, throwsOnAll),
  'an error that throws on every read': () => new Proxy(new Error('x'), {get: no}),
  'a list that throws on everything': () => new Proxy([], throwsOnAll),
  'a revoked proxy': () => revoked({}),
  'a revoked list': () => revoked([]),
  'getters that throw': throwingGetters,
  'an error of bad members': () =>
    Object.assign(new Error('x'), {cause: throwingGetters(), response: revoked({}), errors: badList()}),
  'a knot of itself': knot,
  'a knot that is an error': () => Object.assign(new Error('x'), knot()),
  'a batch of knots': () => ({responses: [{path: '/', code: 500, body: knot()}]}),
  'a proxy that is all of its members': itself,
  'an object without a prototype': () => Object.assign(Object.create(null) as object, knot()),
  'a list with a slice of its own': () => ({errors: Object.assign([1], {slice: () => ({length: 2 ** 32})})}),
  'a list whose length is endless': () => ({
    errors: new Proxy([], {get: (_, key) => (key === 'length' ? Infinity : {errors: []})}),
  }),
  'bad entries': () => ({errors: badList()}),
  'bad items': () => ({responses: badList()}),
  'bad lists': () => ({errors: revoked([]), responses: revoked([]), data: revoked([])}),
  'bad members': () => ({type: 'UPSTREAM', resolution: revoked({}), headers: throwingGetters()}),
  'a response whose headers throw': () => ({status: 500, clone: no, headers: {get: no}}),
  'an AggregateError of bad errors': () => new AggregateError(badList()),
  'a text of ten megabytes': () => 'x'.repeat(10_000_000),
  'JSON of ten megabytes': () => `{"type": "${'x'.repeat(10_000_000)}"}`,
  'JSON that opens and never closes': () => '['.repeat(400_000),
  'JSON a hundred thousand lists deep': () => `{"errors": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  'a symbol': () => Symbol('stranger'),
  'a bigint': () => 10n ** 100n,
};
