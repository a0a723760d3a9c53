// Spans and metrics of a policy, by the OpenTelemetry that the process has set up. Its API is an optional peer.
export {instrument, type Instrumentation, type InstrumentOptions} from './instrument.ts';
export type {AttributesOf} from './spans.ts';
export type {TracedCall} from '../ports.ts';
