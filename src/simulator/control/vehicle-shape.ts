import * as v from 'valibot';
import {findErrorRow} from '../errors/table.ts';
import type {ChargeSchedule, VehicleSpec} from '../fleet/vehicle.ts';
import {type Shape, object} from '../options/check.ts';
import {type Every, listOf, number, oneOf, share, text, wholeNumber, yesOrNo} from '../options/shapes.ts';

const amount = number('a finite number from 0 up', value => value >= 0 && Number.isFinite(value));
const celsius = number('a finite number', Number.isFinite);
const latitude = number('a number from -90 to 90', value => Math.abs(value) <= 90);
const longitude = number('a number from -180 to 180', value => Math.abs(value) <= 180);

const errorKey = v.pipe(
  v.string('an error such as VEHICLE_STATE:ASLEEP, or null'),
  v.check(value => findErrorRow(value) !== undefined, 'an error such as VEHICLE_STATE:ASLEEP, or null'),
);

const schedule: Shape<ChargeSchedule> = object({
  id: text,
  kind: oneOf('daily', 'weekly', 'workweek'),
  attributes: v.unknown(),
});

/** JSON has no undefined: null says that there is none. */
function orNull<Value>(shape: Shape<Value>): v.GenericSchema<unknown, Value | undefined> {
  return v.pipe(
    v.nullish(shape),
    v.transform(value => value ?? undefined),
  );
}

const entries = {
  vin: v.exactOptional(text),
  make: v.exactOptional(text),
  model: v.exactOptional(text),
  year: v.exactOptional(wholeNumber(1886)),
  powertrain: v.exactOptional(oneOf('BEV', 'PHEV', 'ICE')),
  locked: v.exactOptional(yesOrNo),
  pluggedIn: v.exactOptional(yesOrNo),
  charging: v.exactOptional(yesOrNo),
  chargePortOpen: v.exactOptional(yesOrNo),
  chargeLimit: v.exactOptional(share),
  batteryLevel: v.exactOptional(share),
  batteryRangeKm: v.exactOptional(amount),
  batteryCapacityKwh: v.exactOptional(amount),
  fuelLevel: v.exactOptional(share),
  fuelLitres: v.exactOptional(amount),
  fuelRangeKm: v.exactOptional(amount),
  oilLife: v.exactOptional(share),
  odometerKm: v.exactOptional(amount),
  speedKmh: v.exactOptional(amount),
  tyrePressureKpa: v.exactOptional(amount),
  interiorCelsius: v.exactOptional(celsius),
  exteriorCelsius: v.exactOptional(celsius),
  latitude: v.exactOptional(latitude),
  longitude: v.exactOptional(longitude),
  climateOn: v.exactOptional(yesOrNo),
  trunkOpen: v.exactOptional(yesOrNo),
  destination: v.exactOptional(orNull(object({latitude, longitude}))),
  schedules: v.exactOptional(listOf(schedule, 'a list of charge schedules')),
  virtualKey: v.exactOptional(yesOrNo),
  fault: v.exactOptional(orNull(errorKey)),
  recordedAt: v.exactOptional(amount),
} satisfies Every<Omit<VehicleSpec, 'id'>>;

/** A car to add. */
export const vehicle: Shape<Partial<VehicleSpec>> = object({id: v.exactOptional(text), ...entries});

/** A change of a car. */
export const vehicleChange: Shape<Partial<Omit<VehicleSpec, 'id'>>> = object(entries);
