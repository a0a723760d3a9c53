// For tests of code that uses a policy: time that stands still until it is told to go on.
export {manualClock, type ManualClock} from './manual-clock.ts';
