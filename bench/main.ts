// Ratios against peers, interleaved in one run, on the built package. `npm run bench`
import {admission} from './admission.ts';
import {amplification} from './amplification.ts';
import {burst} from './burst.ts';
import {explaining} from './explain.ts';
import {importing} from './import.ts';
import {overhead} from './overhead.ts';
import {redis} from './redis.ts';
import {simulator} from './simulator.ts';
import {throughput} from './throughput.ts';

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}; medians of the rounds (smallest to largest)`,
);
await overhead();
await explaining();
await throughput();
await importing();
await simulator();
await admission();
await redis();
// On fake time, and after all that is timed: what they leave behind would be felt there.
await burst();
await amplification();
