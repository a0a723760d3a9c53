import type {Job, Scenario} from './scenario.ts';
import {JOB_HEADER, ORIGINS} from './service/service.ts';
import type {Garage} from './service/garage.ts';

/** What can be read of any electric car, in v3 and in v2. */
const SIGNALS = [
  'odometer-traveleddistance',
  'tractionbattery-stateofcharge',
  'tractionbattery-range',
  'charge-ischarging',
  'charge-detailedchargingstatus',
  'location-preciselocation',
  'charge-ischargingcableconnected',
  'closure-islocked',
] as const;
const ENDPOINTS = [
  'odometer',
  'battery',
  'battery/capacity',
  'charge',
  'charge/limit',
  'location',
  'security',
  'tires/pressure',
] as const;

interface LabRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `number`: of the job. */
export function requestOf(job: Job, number: number, {api}: Scenario, {carId}: Garage): LabRequest {
  const vehicle = carId(job.car);
  const root =
    api === 'v3' ? `${ORIGINS.apiV3}/v3/vehicles/${vehicle}` : `${ORIGINS.api}/v2.0/vehicles/${vehicle}`;
  if (job.kind === 'command') {
    const headers = {'content-type': 'application/json', [JOB_HEADER]: String(number)};
    return api === 'v3'
      ? {
          url: `${root}/commands/charge/set-limit`,
          method: 'POST',
          headers,
          body: '{"data":{"attributes":{"percent":80}}}',
        }
      : {url: `${root}/charge/limit`, method: 'POST', headers, body: '{"limit":0.8}'};
  }
  const reading = (job.reading ?? 0) % SIGNALS.length;
  const url = api === 'v3' ? `${root}/signals/${SIGNALS[reading]}` : `${root}/${ENDPOINTS[reading]}`;
  return {url, method: 'GET', headers: {}};
}
