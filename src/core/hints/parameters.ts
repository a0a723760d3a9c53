/** What a command takes in its body. */
export interface Parameter {
  /** Dotted where it is nested: `data.attributes.percent`. */
  readonly name: string;
  /** Completes "has to be …". */
  readonly takes: string;
}

const p = (name: string, takes: string): Parameter => ({name, takes});

const PLACE: readonly Parameter[] = [
  p('latitude', 'degrees from -90 to 90'),
  p('longitude', 'degrees from -180 to 180'),
];
const OPEN_OR_CLOSE: readonly Parameter[] = [p('action', 'OPEN or CLOSE')];
const NONE: readonly Parameter[] = [];

/** By method and what follows `/vehicles/{id}/`. Source: each command's page under https://smartcar.com/docs/api-reference */
const COMMANDS: ReadonlyMap<string, readonly Parameter[]> = new Map([
  ['POST security', [p('action', 'LOCK or UNLOCK')]],
  ['POST charge', [p('action', 'START or STOP')]],
  ['POST charge/limit', [p('limit', 'a number from 0.5 to 1')]],
  ['POST navigation/destination', PLACE],
  ['POST batch', [p('requests', 'a list'), p('requests.path', 'a path such as /odometer')]],
  ['POST commands/charge/set-limit', [p('data.attributes.percent', 'a whole number from 50 to 100')]],
  [
    'POST commands/navigation/set-destination',
    PLACE.map(({name, takes}) => p(`data.attributes.${name}`, takes)),
  ],
]);

/** Below the make, which stands first. Source: https://smartcar.com/docs/api-reference/about-brand-specific */
const OF_MAKES: ReadonlyMap<string, readonly Parameter[]> = new Map([
  ['POST charge/charge_port_door', OPEN_OR_CLOSE],
  ['POST security/trunk', OPEN_OR_CLOSE],
  ['POST climate/cabin', [p('action', 'START, SET or STOP')]],
  ['POST security/pin', [p('pin', 'the digits of the PIN')]],
]);

/** What the command of this name needs in its body, such as `POST /vehicles/{id}/security`; nothing for a stranger. */
export function parametersOf(operation = ''): readonly Parameter[] {
  const command = operation.replace(' /vehicles/{id}/', ' ');
  return COMMANDS.get(command) ?? OF_MAKES.get(command.replace(/ [^/]+\//, ' ')) ?? NONE;
}

/** The name without the places it stands in. */
export const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
