import {render} from '../errors/envelopes.ts';
import {withLink} from '../errors/vehicle-fault.ts';
import {type Exchange, pause} from '../faults/exchange.ts';
import {perform} from '../faults/perform.ts';
import type {Script, Subject} from '../faults/script.ts';
import {type Journal, type OpenEntry, journalBody} from '../journal.ts';
import {userIdOf} from '../v3/access.ts';
import type {Face, World} from '../world.ts';
import type {Call, Outcome} from './answer.ts';
import type {Handling} from './handling.ts';
import {type Identity, identify} from './identify.ts';
import type {Listener} from './listen.ts';
import {readCall} from './request.ts';
import {send} from './wire.ts';

/** What it takes to answer requests. */
export interface ResponderSetup {
  readonly world: World;
  readonly handling: Handling;
  readonly script: Script;
  readonly journal: Journal;
  readonly latencyMs: number;
  /** Aborted when the simulator closes. */
  readonly closing: AbortSignal;
  /** Answers what comes under the prefix of control: never scripted, delayed or noted. */
  readonly control: (call: Call) => Promise<Outcome>;
}

/** Every request goes: read, routed, identified, scripted or handled, noted, answered. */
export function createResponder(setup: ResponderSetup): (face: Face | undefined) => Listener {
  const {world, handling, script, journal, latencyMs, closing} = setup;

  return face => async (request, response) => {
    const at = world.now();
    const {call, complete} = await readCall(request, face, world.dice);
    if (!complete) response.setHeader('connection', 'close');
    if (call.api === 'control') return send(response, render(await setup.control(call), call));
    const found = handling.find(call, face);
    const identity = identify(world, call);
    const entry = openEntry(at, call, identity, found.command);
    let recorded = false;
    const exchange: Exchange = {
      call,
      response,
      time: world.time,
      closing,
      handle: found.handle,
      fault: reply => withLink(world, reply, identity.vehicle, call.api),
      record(status, rendered) {
        entry.status = status;
        if (rendered?.type !== undefined) entry.type = rendered.type;
        if (rendered?.code !== undefined) entry.code = rendered.code;
        if (!recorded) journal.add(entry);
        recorded = true;
        return entry;
      },
    };
    if (latencyMs > 0) await pause(exchange, latencyMs);
    const reply = script.take(subjectOf(call, identity));
    entry.scripted = reply !== undefined;
    try {
      await perform(exchange, reply);
    } catch (error) {
      if (closing.aborted || response.headersSent) throw error;
      const rendered = render(
        {error: 'SERVER:INTERNAL', description: `The simulator failed: ${String(error)}`},
        call,
      );
      exchange.record(rendered.status, rendered);
      send(response, rendered);
    }
  };
}

function subjectOf({method, path, api}: Call, {user, vehicle}: Identity): Subject {
  const endpoint =
    api === 'oauth' ? 'token' : api === '2.0' || api === '3' || api === 'management' ? 'api' : 'other';
  return {
    method,
    path,
    endpoint,
    ...(user === undefined ? {} : {user}),
    ...(vehicle === undefined ? {} : {vehicle}),
  };
}

function openEntry(at: number, call: Call, identity: Identity, command: boolean): OpenEntry {
  const user = userIdOf(call);
  const contentType = call.headers['content-type'];
  const body = call.body.kind === 'json' && call.api !== 'oauth' ? journalBody(call.text) : undefined;
  return {
    at,
    method: call.method,
    path: call.path.slice(0, 2000),
    api: call.api,
    ...identity,
    status: 'hung',
    scripted: false,
    ...(command ? {effect: 'not-carried-out'} : {}),
    headers: {
      ...(user === undefined ? {} : {'sc-user-id': user.slice(0, 500)}),
      hadAuthorization: call.headers.authorization !== undefined,
      ...(contentType === undefined ? {} : {contentType: contentType.slice(0, 200)}),
    },
    ...(body === undefined ? {} : {body}),
  };
}
