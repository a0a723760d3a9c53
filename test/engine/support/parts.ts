import {explain, type Asking, type Parts, type PartsOptions} from '../../../src/index.ts';

/** The standing time of all these results. */
export const NOW: number = 1_800_000_000_000;
export const STILL: PartsOptions = {clock: {now: () => NOW}, random: () => 0.5};
export const BATCH: string = 'https://api.smartcar.com/v2.0/vehicles/car-1/batch';
export const SIGNALS: string = 'https://vehicle.api.smartcar.com/v3/vehicles/car-1/signals';

export const problem = (type: string, code: string | null, resolution: string | null = null): object => ({
  type,
  code,
  description: 'words',
  resolution: {type: resolution},
});
export const UPSTREAM: object = problem('UPSTREAM', 'NO_RESPONSE', 'RETRY_LATER');
export const itemOf = (path: string, code: number, body: unknown, headers?: object): object => ({
  path,
  code,
  body,
  ...(headers && {headers}),
});
export const signalOf = (code: string, failed?: object): object => ({
  id: code,
  type: 'signal',
  attributes: {
    code,
    body: failed ? null : {value: code.length},
    status: failed ? {value: 'ERROR', error: failed} : {value: 'SUCCESS'},
  },
});

export const batchOf = (...responses: unknown[]): Promise<Parts> =>
  explain.batch({responses}, {...STILL, url: BATCH});
export const signalsOf = (...data: unknown[]): Promise<Parts> =>
  explain.signals({data}, {...STILL, url: SIGNALS});

/** A fetch that plays these answers in turn, and remembers what it was asked. */
export function playing(...answers: (Response | Error)[]): Asking & {readonly asked: Request[]} {
  const asked: Request[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const answer = answers[asked.push(new Request(url, init)) - 1];
    if (!(answer instanceof Response)) throw answer ?? new Error('asked too often');
    return answer;
  };
  return Object.assign(fetch, {asked});
}

export const states = ({parts}: Parts): string[] =>
  parts.map(part => `${part.name} ${part.state}${part.state === 'failed' ? ` ${part.action}` : ''}`);
