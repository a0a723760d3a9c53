import type {Owner, Simulator} from '../simulator/index.ts';
import {printable, quoted} from './print.ts';

/** Where a browser, and whoever steers, finds the simulator. */
interface Places {
  readonly connect: string;
  readonly control: string;
}

function placesOf({origin, origins}: Simulator): Places {
  return {connect: `${origins.connect}/oauth/authorize`, control: `${origin}/simulator`};
}

/** A shell script: what is no `export` is a comment, whatever the names in it. */
export function greeting(simulator: Simulator): string {
  const {connect, control} = placesOf(simulator);
  const owners = simulator.owners();
  return [
    '# A Smartcar on this machine. These lines point the official SDKs, and smartcar-policy, at it:',
    ...exports(simulator),
    '#',
    `# Connect         ${connect}`,
    `# Application ID  ${printable(simulator.applicationId)}, for Connect links of v3`,
    `# Management      ${printable(simulator.applicationManagementToken)}, the token that also signs webhooks`,
    `# Control         ${control}`,
    `# Seed            ${simulator.seed}`,
    ...(owners.length === 0 ? ['# Nobody is here yet.'] : owners.flatMap(described)),
    '#',
    '# Ctrl+C ends it.',
    '',
  ].join('\n');
}

export function exports({env}: Simulator): string[] {
  return Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`);
}

function described({id, email, vehicles}: Owner): string[] {
  return [
    `# ${printable(`${email}, user id ${id}`)}`,
    ...vehicles.map(car => `#   ${printable(`${car.id}  ${car.make} ${car.model} ${car.year}`)}`),
  ];
}

/** The same for programs, in one line. */
export function greetingAsJson(simulator: Simulator): string {
  const {origin, origins, env, applicationId, applicationManagementToken, seed} = simulator;
  const started = {
    event: 'started',
    origin,
    origins,
    env,
    applicationId,
    applicationManagementToken,
    seed,
    ...placesOf(simulator),
    owners: simulator.owners(),
  };
  return `${JSON.stringify(started)}\n`;
}
