import type {Call, Fault, Outcome, RouteParams} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {vehicleFault} from '../errors/vehicle-fault.ts';
import {pageByNumber} from '../http/paging.ts';
import type {World} from '../world.ts';
import {type Visit, visitVehicle} from './access.ts';
import {badPaging, pageLinks, pageMeta} from './pages.ts';
import {type Signal, describeSignal, findSignal, findSignalFault, signals} from './signals.ts';
import {describeVehicle, vehicleUrl} from './vehicles.ts';

/**
 * What only the car or its maker can say sits inside the signal, and the request succeeds all the same: what v3 reads
 * is Smartcar's store, not the car.
 */
const insideSignals: ReadonlySet<string> = new Set(['COMPATIBILITY', 'UPSTREAM', 'VEHICLE_STATE']);

function sitsInside({error}: Fault): boolean {
  return insideSignals.has(error.split(':', 1)[0] ?? '');
}

/** All signals, or the page asked for. A permission or login that was lost since sits with each signal it concerns. */
export function listSignals(world: World, call: Call, params: RouteParams): Outcome {
  const visit = visitVehicle(world, call, params['vehicle'] ?? '', true);
  if (isFault(visit)) return visit;
  const refusal = refuseList(world, visit);
  if (refusal !== undefined) return refusal;
  const {query} = call;
  const paged = query.has('page[number]') || query.has('page[size]');
  const all = {items: signals, count: signals.length, offset: 0, number: 1, size: signals.length};
  const page = paged ? pageByNumber(signals, query) : all;
  if (page === undefined) return badPaging;
  const {state} = visit.car;
  const url = `${vehicleUrl(world, state)}/signals`;
  return {
    status: 200,
    body: {
      data: page.items.map(signal => describe(world, visit, signal, findSignalFault(world, visit, signal))),
      meta: pageMeta(page),
      links: paged ? pageLinks(page, url, query) : {self: url, next: null},
      included: {vehicle: describeVehicle(world, state)},
    },
  };
}

/** An account that never worked has no store to list from. */
function refuseList(world: World, visit: Visit): Fault | undefined {
  const error = visit.car.state.fault;
  return error === undefined || sitsInside({error}) ? undefined : vehicleFault(world, visit, '3', 'read');
}

/** One signal: a lost login or permission fails the request. */
export function readSignal(world: World, call: Call, params: RouteParams): Outcome {
  const visit = visitVehicle(world, call, params['vehicle'] ?? '', true);
  if (isFault(visit)) return visit;
  const signal = findSignal(params['signal'] ?? '');
  if (signal === undefined) return {error: 'RESOURCE_NOT_FOUND:SIGNAL_NOT_FOUND'};
  const fault = findSignalFault(world, visit, signal);
  if (fault !== undefined && !sitsInside(fault)) return fault;
  return {
    status: 200,
    body: {
      data: describe(world, visit, signal, fault),
      included: {vehicle: describeVehicle(world, visit.car.state)},
    },
  };
}

function describe(world: World, {car}: Visit, signal: Signal, fault: Fault | undefined): unknown {
  return describeSignal(car.state, signal, fault, world.now(), vehicleUrl(world, car.state));
}
