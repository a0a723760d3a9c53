import type {MakeScenarios} from '../scenario.ts';
import {brownOut} from './brown-out.ts';
import {burst} from './burst.ts';
import {collapse} from './collapse.ts';
import {makerOutage} from './maker-outage.ts';
import {quota} from './quota.ts';
import {restart} from './restart.ts';
import {revoked} from './revoked.ts';
import {steady} from './steady.ts';
import {tokens} from './tokens.ts';

/** Every experiment, by name. */
export const SCENARIOS: Readonly<Record<string, MakeScenarios>> = {
  steady,
  burst,
  tokens,
  'brown-out': brownOut,
  'maker-outage': makerOutage,
  collapse,
  revoked,
  quota,
  restart,
};
