import type {Call, Outcome, Route, Success} from '../http/answer.ts';
import type {World} from '../world.ts';
import {type Return, endWith, misconfigured} from './endings.ts';
import {type Flows, createFlows} from './flows.ts';
import {carNamedBy, consentAtOnce} from './headless.ts';
import {goOn, setOut} from './journey.ts';
import {type Errand, type Link, misconfiguration, readLink} from './link.ts';
import {refusalPage, startAgainPage} from './pages/error-pages.ts';
import {page} from './pages/layout.ts';
import {stepPage} from './pages/step-page.ts';

const errands: readonly Errand[] = ['authorize', 'reauthenticate'];

/** Connect: pages for those who want them, and for the others the redirect at once. */
export function connectRoutes(world: World, pages: 'browsers' | 'everybody' | 'nobody'): Route[] {
  const flows = createFlows(world);
  const wantsPages = ({headers: {accept = ''}}: Call): boolean =>
    pages === 'everybody' || (pages === 'browsers' && /\btext\/html\b/i.test(accept));
  return errands.flatMap(errand => {
    const path = `/oauth/${errand}`;
    const visit: Route = {
      method: 'GET',
      path,
      handle: call => open(world, flows, errand, call, wantsPages(call)),
    };
    const send: Route = {method: 'POST', path, handle: call => takeForm(world, flows, call)};
    return pages === 'nobody' ? [visit] : [visit, send];
  });
}

function open(world: World, flows: Flows, errand: Errand, {query}: Call, withPages: boolean): Outcome {
  const link = readLink(world.application, errand, query);
  if ('refused' in link) {
    return withPages
      ? page(400, refusalPage(link.refused))
      : {error: 'invalid_request', description: link.refused};
  }
  if (link.simulate !== undefined) {
    return redirect(
      302,
      link,
      endWith(link.simulate, () => carNamedBy(world, link)),
    );
  }
  const mistake = misconfiguration(link);
  if (mistake !== undefined) return redirect(302, link, misconfigured(mistake));
  if (!withPages) return redirect(302, link, consentAtOnce(world, link));
  const start = setOut(world, link);
  if ('back' in start) return redirect(302, link, start.back);
  return stepPage(world, flows.begin(link, start.step), start.problem);
}

function takeForm(world: World, flows: Flows, {body}: Call): Outcome {
  const form = body.kind === 'form' ? body.value : new URLSearchParams();
  const flow = flows.find(form.get('flow') ?? '');
  if (flow === undefined) return page(410, startAgainPage);
  const advance = goOn(world, flow, form);
  if ('back' in advance) {
    // The same form sent again finds nothing: one flow, one code.
    flows.end(flow);
    return redirect(303, flow.link, advance.back);
  }
  if ('step' in advance) flow.step = advance.step;
  return stepPage(world, flow, advance.problem, form.get('email') ?? '');
}

function redirect(status: number, {redirectUri, state}: Link, back: Return): Success {
  const location = new URL(redirectUri);
  for (const [name, value] of Object.entries({...back, state})) {
    if (value !== undefined) location.searchParams.set(name, value);
  }
  return {status, headers: {location: location.href}};
}
