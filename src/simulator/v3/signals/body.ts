import {type Groups, type Row, always, atCorners, percent} from './row.ts';

type SecurityRow = Omit<Row, 'permission'>;

/** https://smartcar.com/docs/api-reference/signals/closure */
const closures: readonly SecurityRow[] = [
  {name: 'Doors', read: ({locked}) => atCorners({isOpen: false, isLocked: locked})},
  {name: 'EngineCover', read: always({isOpen: false})},
  {name: 'FrontTrunk', read: ({locked}) => ({isOpen: false, isLocked: locked})},
  {name: 'IsLocked', read: ({locked}) => ({value: locked})},
  {name: 'RearTrunk', read: ({locked, trunkOpen}) => ({isOpen: trunkOpen, isLocked: locked})},
  {name: 'Sunroof', read: always({isOpen: false})},
  {name: 'Tailgate', read: ({locked, trunkOpen}) => ({isOpen: trunkOpen, isLocked: locked})},
  {name: 'Windows', read: always(atCorners({isOpen: false}))},
];

/** The doors, the cabin and the wheels. */
export const bodySignals: Groups = {
  // https://smartcar.com/docs/api-reference/signals/climate
  Climate: [
    {
      name: 'ExternalTemperature',
      permission: 'read_thermometer',
      read: ({exteriorCelsius}) => ({value: exteriorCelsius, unit: 'celsius'}),
    },
    {
      name: 'InternalTemperature',
      permission: 'read_thermometer',
      read: ({interiorCelsius}) => ({value: interiorCelsius, unit: 'celsius'}),
    },
  ],
  Closure: closures.map(row => ({...row, permission: 'read_security'})),
  // https://smartcar.com/docs/api-reference/signals/hvac
  HVAC: [
    {
      name: 'CabinTargetTemperature',
      permission: 'read_climate',
      read: always({value: 21, unit: 'celsius'}),
    },
    {name: 'IsCabinHVACActive', permission: 'read_climate', read: ({climateOn}) => ({value: climateOn})},
    {name: 'IsFrontDefrosterActive', permission: 'read_climate', read: always({value: false})},
    {name: 'IsRearDefrosterActive', permission: 'read_climate', read: always({value: false})},
    {name: 'IsSteeringHeaterActive', permission: 'read_climate', read: always({value: false})},
  ],
  // https://smartcar.com/docs/api-reference/signals/lowvoltagebattery
  LowVoltageBattery: [
    {name: 'StateOfCharge', permission: 'read_battery', read: always(percent(0.95))},
    {name: 'Status', permission: 'read_battery', read: always({value: 'GOOD'})},
  ],
  // https://smartcar.com/docs/api-reference/signals/wheel
  Wheel: [
    {name: 'Style', permission: 'read_tires', read: always({value: 'Standard'})},
    {
      name: 'Tires',
      permission: 'read_tires',
      read: ({tyrePressureKpa}) => atCorners({tirePressure: tyrePressureKpa, unit: 'kPa'}),
    },
  ],
};
