/** What v2 says where v3 has a code of its own. */
const onV2: Readonly<Record<string, string>> = {
  'AUTHENTICATION:ACCESS_DENIED': 'AUTHENTICATION',
  'AUTHENTICATION:UNAUTHORIZED': 'AUTHENTICATION',
  'PERMISSION:UNKNOWN': 'PERMISSION',
  'RESOURCE_NOT_FOUND:INVALID_PATH': 'RESOURCE_NOT_FOUND:PATH',
  'RESOURCE_NOT_FOUND:SIGNAL_NOT_FOUND': 'RESOURCE_NOT_FOUND:PATH',
  'RESOURCE_NOT_FOUND:VEHICLE_NOT_FOUND': 'RESOURCE_NOT_FOUND:PATH',
  'VALIDATION:INVALID_INPUT_FORMAT': 'VALIDATION',
  'VALIDATION:MISSING_PARAMETER': 'VALIDATION:PARAMETER',
};

/** And the other way round. */
const onV3: Readonly<Record<string, string>> = {
  AUTHENTICATION: 'AUTHENTICATION:UNAUTHORIZED',
  'RESOURCE_NOT_FOUND:PATH': 'RESOURCE_NOT_FOUND:INVALID_PATH',
  'RESOURCE_NOT_FOUND:VERSION': 'RESOURCE_NOT_FOUND:INVALID_PATH',
  VALIDATION: 'VALIDATION:INVALID_INPUT_FORMAT',
  'VALIDATION:PARAMETER': 'VALIDATION:INVALID_INPUT_FORMAT',
};

/**
 * The error as this version of the API says it. A car that answers with an error is asked through both, and neither
 * should speak the other's codes.
 */
export function inDialect(error: string, api: '2.0' | '3'): string {
  return (api === '3' ? onV3 : onV2)[error] ?? error;
}

/** Whether the vehicle APIs can say this; what is in lower case belongs to the token endpoints. */
export function isVehicleError(error: string): boolean {
  return error === error.toUpperCase();
}
