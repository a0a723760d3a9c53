/** Why Connect's redirect was not accepted, or brought nothing. */
export interface CallbackProblem {
  /**
   * Ours: `state-missing`, `state-forged`, `state-expired`, `state-spent`, `another-session`, `another-user`, `another-vehicle`,
   * `nothing-granted` (what the link was for is not there), `exchange-failed`, `try-again` (Smartcar could not be asked: the
   * same redirect may be tried once more). Connect's own `error`, such as `access_denied`, `vehicle_incompatible`,
   * `invalid_subscription`, `no_vehicles`, `configuration_error`, `server_error`, `user_manually_returned_to_application`,
   * `oem_cancelled_login`. An open set.
   */
  readonly why: string;
  /** Connect's words, for developers. */
  readonly description?: string;
  /** Whose link it was; absent where the state says nothing that can be trusted. */
  readonly user?: string;
  /** With `vehicle_incompatible`: the car that the owner chose. */
  readonly car?: {
    readonly vin?: string;
    readonly make?: string;
    readonly model?: string;
    readonly year?: string;
  };
}
