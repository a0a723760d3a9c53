import {createPolicy, sqliteStore, userTokens, type TokenStore} from 'smartcar-policy';

/** A process that needs a refresh and stops dead at one step of it: whoever started it kills it there. */
const {file, origin, step} = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;

function at(name: string): void {
  if (name !== step) return;
  process.send?.(name);
  // The message has left when the parent kills; nothing of this process goes on meanwhile.
  const forever = new Int32Array(new SharedArrayBuffer(4));
  setImmediate(() => Atomics.wait(forever, 0, 0));
}

const blocked = (name: string): Promise<void> =>
  name === step ? (at(name), new Promise(() => undefined)) : Promise.resolve();

const {DatabaseSync} = process.getBuiltinModule('node:sqlite');
const own = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'exec');
const exec = own!.value as (this: object, sql: string) => void;
let writing = false;

function watched(store: TokenStore): TokenStore {
  return {
    ...store,
    async acquire(name, leaseMs) {
      await blocked('before it asks for the lock');
      const lease = await store.acquire(name, leaseMs);
      await blocked('with the lock');
      return (
        lease && {
          ...lease,
          async release() {
            await blocked('before it gives the lock back');
            await lease.release();
            await blocked('after it gave the lock back');
          },
        }
      );
    },
    async put(...pair) {
      await blocked('before the pair is stored');
      writing = true;
      const generation = await store.put(...pair);
      writing = false;
      await blocked('after the pair was stored');
      return generation;
    },
  };
}

// In the middle of the transaction nothing can wait: the process sleeps where it is.
DatabaseSync.prototype.exec = function (this: InstanceType<typeof DatabaseSync>, sql: string) {
  if (writing && sql === 'COMMIT' && step === 'in the transaction') {
    process.send?.(step);
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
  exec.call(this, sql);
};

const origins = {api: origin!, auth: origin!};
const policy = createPolicy({
  auth: userTokens({clientId: 'client', clientSecret: 'secret'}),
  store: watched(sqliteStore(file!)),
  origins,
  async fetch(input, init) {
    const token = String(input instanceof Request ? input.url : input).endsWith('/token');
    if (token) await blocked('before the request is sent');
    const response = await fetch(input, init);
    if (token) await blocked('when the answer has come');
    return response;
  },
});
const response = await policy.fetch({user: 'ada'})(`${origin}/v2.0/vehicles/car-1/odometer`);
await response.text();
await blocked('after its call');
process.send?.('done');
await policy.close();
process.disconnect?.();
