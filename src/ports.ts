// Small types that the engine calls and the adapters implement, a file for each idea.
export type * from './ports/clock.ts';
export type * from './ports/episode.ts';
export type * from './ports/episodes.ts';
export type * from './ports/gates.ts';
export type * from './ports/peers.ts';
export type * from './ports/records.ts';
export type * from './ports/restraints.ts';
export type * from './ports/tokens.ts';
export type * from './ports/tracing.ts';
export type * from './ports/usage.ts';
