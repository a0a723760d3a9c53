import type {Success} from '../../http/answer.ts';
import type {World} from '../../world.ts';
import type {Problem} from '../accounts.ts';
import type {Flow} from '../flows.ts';
import {brandPage} from './brand.ts';
import {carsPage} from './cars.ts';
import {consentPage} from './consent.ts';
import {leaving} from './form.ts';
import {type PageParts, page} from './layout.ts';
import {loginPage, reloginPage} from './login.ts';

/** The page on which a flow stands. `email` is what was typed before the problem. */
export function stepPage(world: World, flow: Flow, problem?: Problem, email = ''): Success {
  const parts = partsOf(world, flow, problem, email);
  return page(200, {...parts, problem: problem?.message, footer: leaving(flow)});
}

function partsOf(world: World, flow: Flow, problem: Problem | undefined, email: string): PageParts {
  const {step} = flow;
  const retry = problem && {problem, email};
  switch (step.name) {
    case 'brand':
      return brandPage(world, flow);
    case 'login':
      return loginPage(world, flow, step.make, retry);
    case 'relogin':
      return reloginPage(world, flow, step, retry);
    case 'cars':
      return carsPage(flow, step.cars, problem);
    case 'consent':
      return consentPage(flow, step, problem);
  }
}
