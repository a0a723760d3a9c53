import {plainText} from '../plain-text.ts';
import {REASONS} from '../reasons.ts';
import {account} from './account.ts';
import {
  accessDenied,
  authorizationHeader,
  bakedIn,
  tokenAge,
  tokenRejected,
  tokenVersion,
  whoseLogin,
} from './authentication.ts';
import {billing} from './billing.ts';
import {compatibility} from './compatibility.ts';
import {connect} from './connect.ts';
import type {Hint, HintFacts} from './facts.ts';
import {grant} from './grant.ts';
import {wrongMethod} from './method.ts';
import {network} from './network.ts';
import {askedPath, nearestPath, pathJunk, signalCode, unknownVehicle, vehicleId} from './not-found.ts';
import {clientIds, refusedClient, secretPlace, tokenEndpointDown, tokenRequest} from './oauth.ts';
import {outcome} from './outcome.ts';
import {makeInCapitals, misspeltScope, neededPermission, simulatedMode} from './permission.ts';
import {closedGate, fewerCalls} from './rate-limit.ts';
import {server, untyped} from './server.ts';
import {newResolution, oldDialect, tellMore} from './unsaid.ts';
import {content, parameters, refusedFields, userHeader} from './validation.ts';
import {vehicleState} from './vehicle-state.ts';
import {wrongApi, writtenVersion} from './version.ts';

/** Who is told more reads none of it. */
const MOST_HINTS = 6;

/** For the developer: why it was decided so, what in this very call may be the cause, and what to quote to support. */
export function hints(facts: HintFacts): readonly string[] {
  const first = [...why(facts), ...said(facts)];
  const last = quote(facts);
  const advice = new Set(ADVICE.flatMap(advise => advise(facts)));
  const room = MOST_HINTS - first.length - last.length;
  return [...new Set([...first, ...[...advice].slice(0, room), ...last].map(plainText))];
}

const why: Hint = ({reason}) => [REASONS[reason]];

const said: Hint = ({failure: {description, status}}) => {
  if (description === undefined) return [];
  return [status === undefined ? `It says: ${description}` : `Smartcar says: ${description}`];
};

const quote: Hint = ({needs, failure: {requestId}}) =>
  needs === 'support' && requestId !== undefined ? [`Quote request ${requestId} to Smartcar's support.`] : [];

/** What is said only where nothing better is known. */
function orElse(better: readonly Hint[], last: Hint): Hint {
  return facts => {
    const found = better.flatMap(advise => advise(facts));
    return found.length > 0 ? found : last(facts);
  };
}

/** In the order in which they are read: what stands in this very request, then what is known of such failures. */
const ADVICE: readonly Hint[] = [
  outcome,
  makeInCapitals,
  wrongMethod,
  refusedFields,
  userHeader,
  parameters,
  content,
  authorizationHeader,
  tokenVersion,
  tokenAge,
  tokenRejected,
  bakedIn,
  accessDenied,
  neededPermission,
  misspeltScope,
  simulatedMode,
  orElse(
    [writtenVersion, wrongApi, pathJunk, vehicleId, nearestPath, signalCode, unknownVehicle, wrongMethod],
    askedPath,
  ),
  orElse([clientIds, secretPlace, tokenRequest], refusedClient),
  grant,
  tokenEndpointDown,
  closedGate,
  fewerCalls,
  billing,
  compatibility,
  account,
  vehicleState,
  connect,
  server,
  network,
  untyped,
  whoseLogin,
  newResolution,
  oldDialect,
  tellMore,
];
