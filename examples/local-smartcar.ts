import {startSimulator} from 'smartcar-policy/simulator';

export interface LocalSmartcar {
  readonly api: string;
  readonly vehicle: string;
  /** A token pair of the owner, as after a finished Connect. */
  readonly tokens: {
    accessToken: string;
    refreshToken: string;
    accessExpiresAt: number;
    refreshExpiresAt: number;
  };
  readonly simulator: Awaited<ReturnType<typeof startSimulator>>;
}

/** A Smartcar on this machine with one owner, "ada", and her car; the environment then points there. */
export async function localSmartcar(): Promise<LocalSmartcar> {
  const simulator = await startSimulator();
  Object.assign(process.env, simulator.env);
  const {vehicles} = simulator.addOwner({id: 'ada'});
  return {api: simulator.origin, vehicle: vehicles[0]?.id ?? '', tokens: simulator.grant('ada'), simulator};
}
