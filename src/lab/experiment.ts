import type {Client, Contender, Setting} from './contenders/contender.ts';
import {type Account, noteAsked, noteGood} from './measure/account.ts';
import {type Life, mortalFetch} from './mortal.ts';
import {requestOf} from './requests.ts';
import type {Happening, Job, Scenario} from './scenario.ts';
import {CREDENTIALS, type LabService, ORIGINS} from './service/service.ts';
import {createDice} from './service/smartcar.ts';
import {START, pause} from './time.ts';

/** As long as Smartcar may hold a request, and a little more. */
const ATTEMPT_TIMEOUT_MS = 310_000;

export interface Experiment {
  readonly scenario: Scenario;
  readonly contender: Contender;
  readonly service: LabService;
  readonly account: Account;
  readonly seed: number;
  /** Of the pictures, in milliseconds. */
  readonly stepMs: number;
}

/** A job that somebody waits for. */
interface OpenJob {
  readonly job: Job;
  readonly number: number;
  /** Aborts when nobody waits any more. */
  readonly left: AbortSignal;
  /** Nobody waits for it any more, or it is done. */
  readonly close: () => void;
}

/** Asks for every job of the scenario at its time, lets happen what happens, and ends when nobody waits any more. */
export async function experiment(setup: Experiment): Promise<void> {
  const {scenario, service, account, seed} = setup;
  const {garage} = service;
  const open = new Set<OpenJob>();
  /** Owners who have been told to come back for nothing, and have not been through Connect since. */
  const alarmed = new Set<string>();
  let emptied: (() => void) | undefined;

  const start = setup.contender.begin();
  let running = process();
  if (scenario.api === 'v2') {
    for (let car = 0; car < scenario.size.cars; car++)
      await running.client.save(garage.ownerId(car), service.firstPair(car));
  }

  /** A process that makes calls. */
  function process(): {readonly client: Client; readonly life: Life} {
    const life: Life = {over: false};
    const setting: Setting = {
      api: scenario.api,
      fetch: mortalFetch(service.fetch, life),
      life,
      origins: ORIGINS,
      credentials: CREDENTIALS,
      attemptTimeoutMs: scenario.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS,
      setUp: scenario.setUp ?? {},
      random: createDice(seed, 'policy').share,
      reconnect(owner) {
        if (garage.isGone(garage.carOfOwner(owner)) || alarmed.has(owner)) return;
        alarmed.add(owner);
        account.falseAlarms += 1;
      },
    };
    return {client: start(setting), life};
  }

  function ask(job: Job, number: number): void {
    noteAsked(account, job, scenario.fault);
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      entry.close();
      leaving.abort(new Error('Nobody waits any more'));
    }, job.patienceMs);
    const entry: OpenJob = {
      job,
      number,
      left: leaving.signal,
      close() {
        clearTimeout(timer);
        open.delete(entry);
        if (open.size === 0) emptied?.();
      },
    };
    open.add(entry);
    attempt(entry);
  }

  function attempt({job, number, left, close}: OpenJob): void {
    const patienceMs = START + job.at + job.patienceMs - Date.now();
    const {client} = running;
    client
      .call({
        ...requestOf(job, number, scenario, garage),
        owner: garage.ownerId(job.car),
        make: garage.makeOf(job.car),
        patienceMs,
        signal: left,
      })
      .then(
        () => !left.aborted && noteGood(account, job, Date.now() - START, setup.stepMs),
        () => undefined,
      )
      .finally(close);
  }

  async function happen(happening: Happening): Promise<void> {
    if (happening.what === 'tokens-end') return service.tokensEnd();
    if (happening.what === 'leaves') return garage.leaves(happening.car);
    if (happening.what === 'restart') return restart();
    const owner = garage.ownerId(happening.car);
    alarmed.delete(owner);
    const pair = service.returns(happening.car);
    if (pair !== undefined) await running.client.save(owner, pair);
    await running.client.returned(owner);
  }

  /** Whoever waits for a reading asks the new process. What became of a command nobody knows: nobody repeats it. */
  function restart(): void {
    running.life.over = true;
    service.restarted();
    running = process();
    for (const entry of open) {
      if (entry.job.kind === 'read') attempt(entry);
      else entry.close();
    }
  }

  for (const happening of scenario.happenings ?? []) setTimeout(() => void happen(happening), happening.at);
  let number = 0;
  for (const job of scenario.jobs(createDice(seed, 'jobs'))) {
    const restMs = START + job.at - Date.now();
    if (restMs > 0) await pause(restMs);
    ask(job, number);
    number += 1;
  }
  await new Promise<void>(resolve => {
    emptied = resolve;
    if (open.size === 0) resolve();
  });
  if (scenario.api === 'v2') account.lostGrants = await countLost(setup, running.client);
}

/** Owners who have not left, and whose refresh token is worth nothing. */
async function countLost({scenario, service}: Experiment, client: Client): Promise<number> {
  const {garage, world} = service;
  let lost = 0;
  for (let car = 0; car < scenario.size.cars; car++) {
    if (garage.isGone(car)) continue;
    const token = await client.refreshTokenOf(garage.ownerId(car));
    if (token === undefined || world.tokens.refresh(token) === undefined) lost += 1;
  }
  return lost;
}
