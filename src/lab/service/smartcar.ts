// What of the simulator the lab stands on.
export {createBucket, type BucketSize} from '../../simulator/limits/bucket.ts';
export {createDice, type Dice} from '../../simulator/dice.ts';
export {isFault, type Fault as FaultAnswer, type Outcome} from '../../simulator/http/answer.ts';
export {smartcarInMemory, type Arrival} from '../../simulator/in-memory.ts';
export type {TokenPair} from '../../simulator/oauth/tokens.ts';
export {tokenParameter} from '../../simulator/oauth/routes.ts';
export type {World} from '../../simulator/world.ts';
