// The policy loads these when it needs them: read from the disk then, they would take any amount of virtual time.
// oxlint-disable-next-line import/no-unassigned-import
import 'bottleneck';
// oxlint-disable-next-line import/no-unassigned-import
import 'openid-client';
import {
  applicationToken,
  createPolicy,
  type PolicyOptions,
  sqliteStore,
  type TokenStore,
  userTokens,
} from '../../index.ts';
import {mortal} from '../mortal.ts';
import {CREDENTIALS, ORIGINS} from '../service/service.ts';
import {type Client, type Contender, goodOnly, type Setting} from './contender.ts';

const PATIENT = 'maxWaitMs and deadlineMs as long as the answer is of use';

export const ours: Contender = {
  name: 'smartcar-policy',
  settings: `its defaults; ${PATIENT}`,
  ours: true,
  begin: () => starting(() => ({})),
};

export const oursSetUp: Contender = {
  name: 'smartcar-policy, set up',
  settings: `with the limits, the quota or the breaker set that the scenario has; ${PATIENT}`,
  ours: true,
  fits: setUp => Object.keys(setUp).length > 0,
  begin: () => starting(({setUp}) => setUp),
};

/** Ours with options of the user's own. */
export const oursWith = (options: PolicyOptions): Contender => ({
  name: 'smartcar-policy, yours',
  settings: `with ${numbersIn(options)}; ${PATIENT}`,
  begin: () => starting(() => options),
});

/** Throws what `createPolicy` has to say against options of the user's own. */
export async function checkOptions(options: PolicyOptions): Promise<void> {
  await createPolicy({auth: applicationToken(CREDENTIALS), origins: ORIGINS, ...options}).close();
}

/** Options for whoever reads the results, who may be anybody: a text may be a secret, numbers and switches are none. */
function numbersIn(options: PolicyOptions): string {
  return JSON.stringify(options, (_, value: unknown) => (typeof value === 'string' ? '…' : value));
}

function starting(optionsOf: (setting: Setting) => PolicyOptions): (setting: Setting) => Client {
  // What a file or a server would be: it outlives the process, and its locks end by themselves.
  const store = sqliteStore(':memory:');
  return setting => clientOf(setting, mortal(store, setting.life), optionsOf(setting));
}

function clientOf(setting: Setting, store: TokenStore, options: PolicyOptions): Client {
  const {api, fetch, origins, credentials, attemptTimeoutMs, random, reconnect} = setting;
  const redirectUri = 'https://lab.invalid/callback';
  const policy = createPolicy({
    attemptTimeoutMs,
    maxWaitMs: Infinity,
    ...options,
    // The rest is the lab: whoever changes it runs something else.
    auth: api === 'v3' ? applicationToken(credentials) : userTokens({...credentials, redirectUri}),
    connect: {
      redirectUri,
      stateSecret: 'lab',
      applicationId: 'lab',
      scope: ['read_odometer', 'control_charge'],
      ...options.connect,
    },
    store,
    fetch,
    origins,
    random,
  });
  policy.on('reauth', ({user}) => reconnect(user));
  const door = policy.fetch();
  return {
    call({url, method, headers, body, owner, make, patienceMs, signal}) {
      const context = {user: owner, make, deadlineMs: patienceMs};
      return goodOnly(
        door(url, {method, headers, signal, ...(body !== undefined && {body}), policy: context}),
      );
    },
    save: (owner, pair) => policy.tokens.save(owner, pair),
    refreshTokenOf: async owner => (await policy.tokens.get(owner))?.refreshToken,
    async returned(owner) {
      await policy.reauth.resolve(owner);
    },
  };
}
