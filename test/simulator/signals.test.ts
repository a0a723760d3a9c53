import {describe, expect, test} from 'vitest';
import {signals} from '../../src/simulator/v3/signals.ts';
import {noon, start, v3Owner} from './harness.ts';

/** The signals with a path in the API's description, as `group: names`; held against the catalogue. */
const published: Readonly<Record<string, string>> = {
  charge:
    'amperage amperagemax amperagerequested chargelimits chargeportstatuscolor chargerate chargerecords chargerphases chargetimers chargingconnectortype detailedchargingstatus energyadded fastchargertype ischarging ischargingcableconnected ischargingcablelatched ischargingportflapopen isfastchargerpresent timetocomplete voltage wattage',
  climate: 'externaltemperature internaltemperature',
  closure: 'doors enginecover fronttrunk islocked reartrunk sunroof tailgate windows',
  connectivitysoftware: 'currentfirmwareversion',
  connectivitystatus: 'isasleep isdigitalkeypaired isonline',
  diagnostics:
    'abs activesafety airbag brakefluid driverassistance dtccount dtclist emissions evbatteryconditioning evcharging evdriveunit evhvbattery lighting mil oillife oilpressure oiltemperature telematics tirepressure tirepressuremonitoring transmission washerfluid waterinfuel',
  hvac: 'cabintargettemperature iscabinhvacactive isfrontdefrosteractive isreardefrosteractive issteeringheateractive',
  internalcombustionengine: 'amountremaining fuellevel oillife range',
  location: 'isathome preciselocation',
  lowvoltagebattery: 'stateofcharge status',
  motion: 'currentspeed',
  odometer: 'traveleddistance',
  service: 'isinservice records',
  surveillance: 'brand isenabled',
  tractionbattery: 'isheateractive maxrangechargecounter nominalcapacity range stateofcharge',
  transmission: 'drivemode gearstate',
  vehicleidentification: 'exteriorcolor nickname packages trim vin',
  vehicleuseraccount: 'permissions role',
  wheel: 'style tires',
};

const codes = Object.entries(published).flatMap(([group, names]) =>
  names.split(' ').map(name => `${group}-${name}`),
);

interface Listed {
  readonly id: string;
  readonly attributes: {
    readonly name: string;
    readonly group: string;
    readonly status: {
      readonly value: string;
      readonly error?: {readonly type: string; readonly code: unknown};
    };
    readonly body: unknown;
  };
}

async function listed(vehicles: Parameters<typeof v3Owner>[1]) {
  const simulator = await start();
  const {vehicle, send} = await v3Owner(simulator, vehicles);
  const path = `/v3/vehicles/${vehicle}/signals`;
  const all = async () => {
    const data: readonly Listed[] = (await send('GET', path)).body.data;
    return (code: string) => data.find(({id}) => id === code)?.attributes;
  };
  return {simulator, vehicle, send, path, all};
}

describe('the catalogue of signals', () => {
  test('holds each published code once', () => {
    expect(codes).toHaveLength(93);
    expect(signals.map(({code}) => code)).toEqual(codes.toSorted());
  });

  test('asks for the permission of the prefix, or for none where none is known', () => {
    const asked = Object.fromEntries(signals.map(({code, permission}) => [code, permission]));
    expect(asked).toMatchObject({
      'tractionbattery-range': 'read_battery',
      'lowvoltagebattery-status': 'read_battery',
      'charge-voltage': 'read_charge',
      'closure-windows': 'read_security',
      'internalcombustionengine-oillife': 'read_engine_oil',
      'internalcombustionengine-range': 'read_fuel',
      'diagnostics-mil': 'read_diagnostics',
      'wheel-tires': 'read_tires',
      'climate-internaltemperature': 'read_thermometer',
      'hvac-iscabinhvacactive': 'read_climate',
      'motion-currentspeed': 'read_speedometer',
      'service-records': 'read_service_history',
      'vehicleidentification-vin': 'read_vin',
    });
    const free = signals.filter(({permission}) => permission === undefined).map(({group}) => group);
    expect([...new Set(free)].toSorted()).toEqual([
      'ConnectivitySoftware',
      'ConnectivityStatus',
      'Surveillance',
      'Transmission',
    ]);
  });
});

describe('signals over HTTP', () => {
  test('each one answers for a charging plug-in hybrid, with data or without, alone as in the list', async () => {
    const {send, path, all} = await listed({vehicles: [{powertrain: 'PHEV', charging: true}]});
    const inList = await all();
    const without: string[] = [];
    for (const code of codes) {
      const {status, body} = await send('GET', `${path}/${code}`);
      expect([code, status]).toEqual([code, 200]);
      expect(body.data.attributes).toEqual(inList(code));
      expect(`${body.data.attributes.group}-${body.data.attributes.name}`.toLowerCase()).toBe(code);
      expect(body.data.meta).toEqual({retrievedAt: noon, oemUpdatedAt: noon, ingestedAt: noon});
      const {status: state, body: value} = body.data.attributes;
      expect(state.value).toBe(value === null ? 'UNAVAILABLE' : 'SUCCESS');
      if (value === null) without.push(code);
    }
    expect(without).toEqual([
      'charge-fastchargertype',
      'location-isathome',
      'surveillance-brand',
      'transmission-drivemode',
      'vehicleidentification-nickname',
    ]);
    expect(inList('location-isathome')).toMatchObject({status: {value: 'UNAVAILABLE'}, body: null});
  });

  test('follow the car', async () => {
    const {simulator, vehicle, all} = await listed({vehicles: [{}]});
    simulator.updateVehicle(vehicle, {
      trunkOpen: true,
      locked: true,
      speedKmh: 30,
      climateOn: true,
      charging: true,
      batteryLevel: 0.5,
      chargeLimit: 0.9,
      pluggedIn: true,
    });
    const signal = await all();
    expect(signal('closure-reartrunk')?.body).toEqual({isOpen: true, isLocked: true});
    expect(signal('hvac-iscabinhvacactive')?.body).toEqual({value: true});
    expect(signal('transmission-gearstate')?.body).toEqual({value: 'DRIVE'});
    expect(signal('location-preciselocation')?.body).toMatchObject({locationType: 'CURRENT'});
    // 40 % of 75 kWh at 3.68 kW
    expect(signal('charge-timetocomplete')?.body).toEqual({value: 489, unit: 'minute'});
    simulator.updateVehicle(vehicle, {charging: false, pluggedIn: false});
    const later = await all();
    expect(later('charge-timetocomplete')).toMatchObject({
      status: {error: {code: 'NOT_CHARGING'}},
      body: null,
    });
    expect(later('charge-chargingconnectortype')).toMatchObject({status: {value: 'UNAVAILABLE'}});
  });

  test('tell what is not in the car from what is not granted', async () => {
    const {all} = await listed({
      vehicles: [{powertrain: 'ICE'}],
      scope: ['read_battery', 'read_fuel', 'read_diagnostics'],
    });
    const signal = await all();
    expect(signal('tractionbattery-range')?.status.error).toMatchObject({code: 'VEHICLE_NOT_CAPABLE'});
    expect(signal('diagnostics-evhvbattery')?.status.error).toMatchObject({code: 'VEHICLE_NOT_CAPABLE'});
    expect(signal('internalcombustionengine-range')?.status.value).toBe('SUCCESS');
    expect(signal('charge-ischarging')?.status.error).toMatchObject({type: 'PERMISSION', code: null});
    expect(signal('surveillance-isenabled')?.status.value).toBe('SUCCESS');
  });

  test('say UNAVAILABLE of a value that somebody took out of the car', async () => {
    const {simulator, vehicle, all} = await listed({});
    Object.assign(simulator.vehicle(vehicle), {odometerKm: undefined, batteryLevel: Number.NaN});
    const signal = await all();
    expect(signal('odometer-traveleddistance')).toMatchObject({status: {value: 'UNAVAILABLE'}, body: null});
    expect(signal('tractionbattery-stateofcharge')).toMatchObject({status: {value: 'UNAVAILABLE'}});
  });

  test('know their codes in lower case only', async () => {
    const {send, path} = await listed({});
    for (const code of [
      'Charge-Voltage',
      'CHARGE-VOLTAGE',
      'voltage',
      '__proto__',
      'charge-voltage%00',
      '%20',
    ]) {
      const answer = await send('GET', `${path}/${code}`);
      expect(answer).toMatchObject({status: 404, body: {errors: [{code: 'SIGNAL_NOT_FOUND'}]}});
    }
  });

  test('come all at once, or page by page when pages are asked for', async () => {
    const {simulator, send, path} = await listed({});
    const all = (await send('GET', path)).body;
    expect(all.meta).toEqual({pageNumber: 1, pageSize: 93, totalCount: 93});
    expect(all.links.next).toBeNull();
    const ids: string[] = [];
    let next: string | null = `${simulator.origin}${path}?page[size]=40`;
    const sizes: number[] = [];
    while (next !== null) {
      const {body} = await send('GET', next.slice(simulator.origin.length));
      sizes.push(body.data.length);
      ids.push(...body.data.map((item: Listed) => item.id));
      next = body.links.next;
    }
    expect(sizes).toEqual([40, 40, 13]);
    expect(ids).toEqual(codes.toSorted());
    const second = (await send('GET', `${path}?page[number]=2`)).body;
    expect(second.meta).toEqual({pageNumber: 2, pageSize: 10, totalCount: 93});
    for (const query of ['page[size]=0', 'page[size]=101', 'page[number]=x', 'page[number]=-1']) {
      expect((await send('GET', `${path}?${query}`)).body.errors[0].code).toBe('INVALID_INPUT_FORMAT');
    }
    expect((await send('GET', `${path}?colour=red`)).body.data).toHaveLength(93);
  });
});
