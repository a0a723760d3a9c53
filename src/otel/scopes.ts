/** What a gate can be about; whose it is stands in no metric. */
export const SCOPE_KINDS = [
  'application',
  'user',
  'vehicle',
  'permission',
  'commands',
  'make',
  'token',
] as const;

export type ScopeKind = (typeof SCOPE_KINDS)[number];

/** `vehicle` of `vehicle:36ab27d0`. */
export function scopeKind(scope: string): ScopeKind | '_OTHER' {
  const [kind] = scope.split(':', 1);
  return SCOPE_KINDS.find(known => known === kind) ?? '_OTHER';
}
