import {expect, test} from 'vitest';
import {
  applicationToken,
  createPolicy,
  explain,
  PolicyError,
  type AttemptContext,
  type CallContext,
} from '../../src/index.ts';
import {HASTY, leapingClock, open} from './harness.ts';

const later = () =>
  Object.assign(new Error('later'), {
    statusCode: 502,
    type: 'UPSTREAM',
    code: 'NO_RESPONSE',
    resolution: {type: 'RETRY_LATER'},
  });

const bare = () => createPolicy({backoff: HASTY, clock: leapingClock()});

test('rejects with the call’s own error, the last one, unwrapped', async () => {
  const errors: Error[] = [];
  const call = async (): Promise<never> => {
    errors.push(later());
    throw errors.at(-1);
  };
  const error = await bare()
    .run(call, {idempotent: true})
    .catch((thrown: unknown) => thrown);
  expect(errors).toHaveLength(3);
  expect(error).toBe(errors[2]);
  expect(explain(error)).toMatchObject({reason: 'retries-spent', attempts: 3});
  expect(explain(errors[0])).toBeUndefined();
});

test.each([['a text'], [42], [undefined], [null], [Object.freeze(new Error('frozen'))], [new Proxy({}, {})]])(
  'rejects with whatever the call threw, once (%s)',
  async thrown => {
    let calls = 0;
    const run = bare().run(async () => {
      calls += 1;
      // oxlint-disable-next-line typescript/only-throw-error -- anything can be thrown
      throw thrown;
    });
    const outcome = await run.then(
      () => 'resolved',
      (error: unknown) => [error],
    );
    expect(outcome).toEqual([thrown]);
    expect((outcome as unknown[])[0]).toBe(thrown);
    expect(calls).toBe(1);
  },
);

test.each(['v2', 'v3'] as const)(
  'hands token, headers, signal and number to each attempt (%s)',
  async version => {
    const {policy, simulator} = await open(version);
    const attempts: AttemptContext[] = [];
    simulator.expireAccessTokens();
    const result = await policy.run(
      async attempt => {
        attempts.push(attempt);
        if (attempts.length < 2)
          throw Object.assign(new Error('401'), {statusCode: 401, type: 'AUTHENTICATION'});
        return 'done';
      },
      {user: 'ada'},
    );
    expect(result).toBe('done');
    expect(attempts.map(({attempt}) => attempt)).toEqual([1, 2]);
    const [first, second] = attempts;
    expect(first?.accessToken).not.toBe(second?.accessToken);
    expect(second?.signal).toBeInstanceOf(AbortSignal);
    expect(Object.getPrototypeOf(second?.headers)).toBe(Object.prototype);
    expect(second?.headers).toEqual({
      authorization: `Bearer ${second?.accessToken}`,
      ...(version === 'v3' && {'sc-user-id': 'ada'}),
    });
  },
);

test('without auth, a call gets an empty token and no headers', async () => {
  await bare().run(async ({accessToken, headers}) => {
    expect([accessToken, headers]).toEqual(['', {}]);
  });
});

test('the signal of an attempt aborts with that of the caller, and the call rejects with its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('gone');
  let seen: unknown;
  const run = bare().run(
    ({signal}) =>
      new Promise<never>(() => {
        signal.addEventListener('abort', () => (seen = signal.reason));
        controller.abort(reason);
      }),
    {signal: controller.signal},
  );
  await expect(run).rejects.toBe(reason);
  expect(seen).toBe(reason);
});

test('a user is missing where tokens are the user’s, and not where they are the application’s', async () => {
  let calls = 0;
  const send = async () => ++calls;
  const v2 = await open('v2');
  await expect(v2.policy.run(send)).rejects.toMatchObject({code: 'CONFIGURATION'});
  expect(calls).toBe(0);
  const v3 = await open('v3');
  expect(await v3.policy.run(send)).toBe(1);
});

test.each([[undefined], [null], ['odometer'], [Promise.resolve(1)], [{}]])(
  'refuses %s in place of the call',
  async call => {
    const error = await bare()
      .run(call as never)
      .catch((thrown: unknown) => thrown);
    expect(PolicyError.is(error) && error.message).toMatch(/^Expected the call to be a function .*, got/);
  },
);

test('a call that throws before it returns a promise is treated like any other', async () => {
  let calls = 0;
  const value = await bare().run(
    () => {
      calls += 1;
      if (calls < 3) throw later();
      return 'third time';
    },
    {idempotent: true},
  );
  expect(value).toBe('third time');
});

test.each([[0], [undefined], [null], [false], [{status: 500}], [{status: 502, headers: {}}]])(
  'a call may return %j without a promise, and it is no failure',
  async value => {
    expect(await bare().run(() => value)).toBe(value);
  },
);

test('a Response that tells of a failure is one, and the last is resolved with, unread', async () => {
  const body = {type: 'UPSTREAM', code: 'NO_RESPONSE', resolution: {type: 'RETRY_LATER'}};
  const responses: Response[] = [];
  const last = await bare().run(
    async () => {
      responses.push(Response.json(body, {status: 502}));
      return responses.at(-1);
    },
    {idempotent: true},
  );
  expect(responses).toHaveLength(3);
  expect(last).toBe(responses[2]);
  expect(await last?.json()).toEqual(body);
  expect(explain(last)).toMatchObject({reason: 'retries-spent', failure: {code: 'NO_RESPONSE'}});
});

test('without idempotent, a call counts as a command: a cut connection is not repeated', async () => {
  const cut = new TypeError('fetch failed', {cause: Object.assign(new Error(''), {code: 'UND_ERR_SOCKET'})});
  const calls = async (context: CallContext): Promise<number> => {
    let count = 0;
    const send = async (): Promise<never> => {
      count += 1;
      throw cut;
    };
    await bare()
      .run(send, context)
      .catch(() => undefined);
    return count;
  };
  expect(await calls({})).toBe(1);
  expect(explain(cut)?.reason).toBe('outcome-unknown');
  expect(await calls({idempotent: true})).toBe(3);
});

test.each([
  ['odometer', 'read_odometer'],
  ['lock', 'control_security'],
  ['GET /vehicles/{id}/battery/capacity', 'read_battery'],
])('the operation %s parks the permission that it needs', async (operation, permission) => {
  const {policy, vehicle} = await open('v2');
  const error = Object.assign(new Error('no permission'), {
    statusCode: 403,
    type: 'PERMISSION',
    resolution: {type: 'REAUTHENTICATE'},
  });
  const send = async (): Promise<never> => {
    throw error;
  };
  await expect(policy.run(send, {user: 'ada', vehicle, operation})).rejects.toBe(error);
  expect(await policy.reauth.list()).toMatchObject([{scope: 'permission', permission, vehicle}]);
  expect(explain(error)?.userMessage).toMatch(/your car/);
  const other = await policy.run(async () => 'fine', {user: 'ada', vehicle, operation: 'fuel'});
  expect(other).toBe('fine');
});

test('an operation of one’s own is a name in events', async () => {
  const policy = bare();
  const names: unknown[] = [];
  policy.on('attempt', ({operation}) => names.push(operation));
  await policy.run(() => 1, {operation: 'constructor'});
  expect(names).toEqual(['constructor']);
});

test('refuses a v3 user that would bring another header along', async () => {
  const auth = applicationToken({clientId: 'client-id', clientSecret: 'client-secret'});
  const call = createPolicy({auth}).run(async () => 1, {user: 'ada\r\nx-evil: 1'});
  await expect(call).rejects.toMatchObject({code: 'CONFIGURATION'});
});
