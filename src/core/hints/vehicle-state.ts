import {aboutOf} from './about.ts';
import type {Hint} from './facts.ts';

const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'ASLEEP',
    'The request was not sent to the car, to spare its battery: 60, 300 and 900 s are good delays; a GM car asleep for days wakes with its ignition alone.',
  ],
  ['UNREACHABLE', 'The car has no reception: minutes apart is soon enough.'],
  [
    'LOW_BATTERY',
    'Each call that wakes the car draws on its battery: poll it less until it has been charged or driven.',
  ],
  [
    'NOT_CHARGING',
    'A normal answer for charge readings of a car that is not plugged in: no fault to report.',
  ],
  [
    'CHARGING_PLUG_NOT_CONNECTED',
    'Some makes answer the charge limit so as well: it can be set once the car is plugged in.',
  ],
  ['REMOTE_ACCESS_DISABLED', 'A Tesla may go on answering so for hours after it was switched on again.'],
  ['UNKNOWN', 'Smartcar could not tell why the car refused.'],
]);

/** What is no fault after a command of charging. */
const GOALS: readonly (readonly [codes: RegExp, phrase: RegExp, advice: string])[] = [
  [
    /^(FULLY_CHARGED|CHARGING_IN_PROGRESS)$/,
    /^start charging/,
    'A start of charging has nothing left to do then: count it as done.',
  ],
  [
    /^(FULLY_CHARGED|NOT_CHARGING|CHARGING_PLUG_NOT_CONNECTED)$/,
    /^stop charging/,
    'A stop of charging has nothing left to do then: count it as done, the owner need not act.',
  ],
  [
    /^(FULLY_CHARGED|CHARGING_IN_PROGRESS)$/,
    /^(?!start or stop)./,
    'This is no start of charging: the state stands in the way, and passes without the owner.',
  ],
];

export const vehicleState: Hint = facts => {
  if (aboutOf(facts) !== 'VEHICLE_STATE') return [];
  const {code = '', type} = facts.failure;
  const goal = GOALS.find(([codes, phrase]) => codes.test(code) && phrase.test(facts.endpoint?.phrase ?? ''));
  if (goal) return [goal[2]];
  const advice = ADVICE.get(type === 'vehicle_state_error' && code === 'VS_006' ? 'ASLEEP' : code);
  return advice === undefined ? [] : [advice];
};
