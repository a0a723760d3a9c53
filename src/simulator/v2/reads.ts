import type {Units} from './units.ts';
import {type Need, type VehicleState, chargeState} from '../fleet/vehicle.ts';

/** One thing that v2 can be asked about a car. */
export interface Reading {
  /** Below `/v2.0/vehicles/{id}`; starts with `/:make` where it belongs to a brand. */
  readonly path: string;
  readonly permission: string;
  /** What the car has to have for it. */
  readonly needs?: Need;
  /** Kept by Smartcar itself, so that a lost login at the maker doesn't matter. */
  readonly stored?: true;
  read(car: VehicleState, units: Units): unknown;
}

/** https://smartcar.com/docs/api-reference/vehicles-api-intro */
export const readings: readonly Reading[] = [
  {
    path: '/',
    permission: 'read_vehicle_info',
    stored: true,
    read: ({id, make, model, year}) => ({id, make, model, year}),
  },
  {path: '/vin', permission: 'read_vin', stored: true, read: ({vin}) => ({vin})},
  {
    path: '/odometer',
    permission: 'read_odometer',
    read: (car, to) => ({distance: to.distance(car.odometerKm)}),
  },
  {path: '/location', permission: 'read_location', read: ({latitude, longitude}) => ({latitude, longitude})},
  {
    path: '/fuel',
    permission: 'read_fuel',
    needs: 'engine',
    read: (car, to) => ({
      range: to.distance(car.fuelRangeKm),
      percentRemaining: car.fuelLevel,
      amountRemaining: to.volume(car.fuelLitres),
    }),
  },
  {
    path: '/battery',
    permission: 'read_battery',
    needs: 'battery',
    read: (car, to) => ({range: to.distance(car.batteryRangeKm), percentRemaining: car.batteryLevel}),
  },
  {
    path: '/battery/capacity',
    permission: 'read_battery',
    needs: 'battery',
    read: car => ({capacity: car.batteryCapacityKwh}),
  },
  {
    path: '/battery/nominal_capacity',
    permission: 'read_battery',
    needs: 'battery',
    read: car => ({
      availableCapacities: [{capacity: car.batteryCapacityKwh, description: null}],
      capacity: {nominal: car.batteryCapacityKwh, source: 'SMARTCAR'},
    }),
  },
  {
    path: '/charge',
    permission: 'read_charge',
    needs: 'battery',
    read: car => ({isPluggedIn: car.pluggedIn, state: chargeState(car)}),
  },
  {
    path: '/charge/limit',
    permission: 'read_charge',
    needs: 'battery',
    read: car => ({limit: car.chargeLimit}),
  },
  {
    path: '/engine/oil',
    permission: 'read_engine_oil',
    needs: 'engine',
    read: car => ({lifeRemaining: car.oilLife}),
  },
  {
    path: '/tires/pressure',
    permission: 'read_tires',
    read(car, to) {
      const pressure = to.pressure(car.tyrePressureKpa);
      return {frontLeft: pressure, frontRight: pressure, backLeft: pressure, backRight: pressure};
    },
  },
  {path: '/security', permission: 'read_security', read: security},
  {
    path: '/service/history',
    permission: 'read_service_history',
    read: (car, to) => [
      {
        serviceId: 1,
        serviceDate: '2025-03-14T09:30:00.000Z',
        odometerDistance: to.distance(Math.max(0, car.odometerKm - 5000)),
        serviceTasks: [{taskId: '1', taskDescription: 'Tyre rotation'}],
        serviceDetails: [{type: 'Service Provider', value: null}],
        serviceCost: {totalCost: null, currency: null},
      },
    ],
  },
  {
    path: '/diagnostics/system_status',
    permission: 'read_diagnostics',
    read: () => ({
      systems: ['SYSTEM_ABS', 'SYSTEM_AIRBAG', 'SYSTEM_TPMS'].map(systemId => ({
        systemId,
        status: 'OK',
        description: null,
      })),
    }),
  },
  {path: '/diagnostics/dtcs', permission: 'read_diagnostics', read: () => ({activeCodes: []})},
  // https://smartcar.com/docs/api-reference/about-brand-specific
  {path: '/:make/compass', permission: 'read_compass', read: () => ({direction: 'N', heading: 0})},
  {
    path: '/:make/speedometer',
    permission: 'read_speedometer',
    read: (car, to) => ({speed: to.distance(car.speedKmh)}),
  },
  {
    path: '/:make/interior_temperature',
    permission: 'read_thermometer',
    read: (car, to) => ({temperature: to.temperature(car.interiorCelsius)}),
  },
  {
    path: '/:make/exterior_temperature',
    permission: 'read_thermometer',
    read: (car, to) => ({temperature: to.temperature(car.exteriorCelsius)}),
  },
  {
    path: '/:make/climate/cabin',
    permission: 'read_climate',
    read: (car, to) => ({
      status: car.climateOn ? 'ON' : 'OFF',
      temperature: to.temperature(car.interiorCelsius),
    }),
  },
  {
    path: '/:make/charge/ammeter',
    permission: 'read_charge',
    needs: 'battery',
    read: car => ({amperage: car.charging ? 16 : 0}),
  },
  {
    path: '/:make/charge/voltmeter',
    permission: 'read_charge',
    needs: 'battery',
    read: car => ({voltage: car.charging ? 230 : 0}),
  },
  {
    path: '/:make/charge/wattmeter',
    permission: 'read_charge',
    needs: 'battery',
    read: car => ({wattage: car.charging ? 3.7 : 0}),
  },
];

const corners: readonly string[] = ['frontLeft', 'frontRight', 'backLeft', 'backRight'];

function closed(types: readonly string[]): unknown {
  return types.map(type => ({type, status: 'CLOSED'}));
}

function security(car: VehicleState): unknown {
  return {
    isLocked: car.locked,
    doors: closed(corners),
    windows: closed(corners),
    sunroof: closed(['sunroof']),
    storage: [
      {type: 'front', status: 'CLOSED'},
      {type: 'rear', status: car.trunkOpen ? 'OPEN' : 'CLOSED'},
    ],
    chargingPort: [{type: 'chargingPort', status: car.chargePortOpen ? 'OPEN' : 'CLOSED'}],
  };
}
