import type {Call, Fault, Outcome, Route} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {basicOf, isApplication} from './credentials.ts';
import {jsonBodyOf} from '../http/json-body.ts';
import {member} from '../json.ts';
import type {World} from '../world.ts';

/** The two token endpoints. */
export function oauthRoutes(world: World): Route[] {
  return [
    {method: 'POST', path: '/oauth/token', handle: call => answer(call, () => userToken(world, call))},
    {
      method: 'POST',
      path: '/oauth2/token',
      handle: call => answer(call, () => applicationToken(world, call)),
    },
  ];
}

/** What must not be seen by whoever logs URLs. */
const secrets: readonly string[] = ['client_secret', 'code', 'refresh_token', 'access_token'];

/** What holds for both endpoints: https://www.rfc-editor.org/rfc/rfc6749#section-5 asks for the headers. */
function answer(call: Call, handle: () => Outcome): Outcome {
  const outcome = findMalformation(call) ?? handle();
  const headers: Record<string, string> = {'cache-control': 'no-store', pragma: 'no-cache'};
  if (isFault(outcome) && outcome.error === 'invalid_client' && call.headers.authorization !== undefined)
    headers['www-authenticate'] = 'Basic realm="Smartcar", charset="UTF-8"';
  return {...outcome, headers: {...headers, ...outcome.headers}};
}

function findMalformation({query, body}: Call): Fault | undefined {
  const exposed = secrets.find(name => query.has(name));
  if (exposed !== undefined) return invalid(`${exposed} has to be in the body, not in the URL.`);
  if (body.kind !== 'form') return undefined;
  const repeated = firstRepeated(body.value.keys());
  return repeated === undefined ? undefined : invalid(`${repeated.slice(0, 100)} is there more than once.`);
}

/** One look at each: a body of a mebibyte can be nothing but names. */
function firstRepeated(names: Iterable<string>): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** A parameter of a token request, whether it came as a form or as JSON. */
export function tokenParameter(call: Call, name: string): string | undefined {
  if (call.body.kind === 'form') return call.body.value.get(name) ?? undefined;
  const value = call.body.kind === 'json' ? member(call.body.value, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/**
 * v2: a token pair per owner.
 * @see https://smartcar.com/docs/api-reference/authorization/auth-code-exchange
 */
function userToken(world: World, call: Call): Outcome {
  if (basicOf(call) === undefined)
    return {error: 'invalid_client', description: 'The client id and secret have to come as HTTP Basic.'};
  if (!isApplication(world.application, basicOf(call))) return {error: 'invalid_client'};
  if (call.body.kind !== 'form') return invalid('The body has to be application/x-www-form-urlencoded.');
  const grantType = tokenParameter(call, 'grant_type');
  if (grantType === 'authorization_code') return exchange(world, call);
  if (grantType === 'refresh_token') return refresh(world, call);
  return grantType === undefined ? invalid('grant_type is missing.') : {error: 'unsupported_grant_type'};
}

function exchange(world: World, call: Call): Outcome {
  const code = tokenParameter(call, 'code');
  if (code === undefined) return invalid('code is missing.');
  const pair = world.tokens.redeem(code, tokenParameter(call, 'redirect_uri'));
  if (pair === undefined)
    return spent(world, 'Invalid or expired code.', 'Invalid code: it has been used or has expired.');
  return pairAnswer(world, pair.accessToken, pair.refreshToken);
}

function refresh(world: World, call: Call): Outcome {
  const token = tokenParameter(call, 'refresh_token');
  if (token === undefined) return invalid('refresh_token is missing.');
  const pair = world.tokens.refresh(token);
  if (pair === undefined) {
    return spent(
      world,
      'Invalid or expired refresh token.',
      'Invalid refresh_token: it has been used or has expired.',
    );
  }
  return pairAnswer(
    world,
    pair.accessToken,
    world.tokens.options.omitRefreshToken ? undefined : pair.refreshToken,
  );
}

function pairAnswer(world: World, accessToken: string, refreshToken: string | undefined): Outcome {
  return {
    status: 200,
    body: {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: wholeSeconds(world.tokens.options.accessTtlMs),
      ...(refreshToken === undefined ? {} : {refresh_token: refreshToken}),
    },
  };
}

/**
 * v3: one token per application.
 * @see https://smartcar.com/docs/getting-started/how-to/get-access-token
 */
function applicationToken(world: World, call: Call): Outcome {
  const body = call.body.kind === 'form' ? undefined : jsonBodyOf(call);
  if (body !== undefined && 'complaint' in body) return invalid('The body has to be a form or JSON.');
  const grantType = tokenParameter(call, 'grant_type');
  if (grantType === undefined) return invalid('grant_type is missing.');
  if (grantType !== 'client_credentials') return {error: 'unsupported_grant_type'};
  const id = tokenParameter(call, 'client_id');
  const secret = tokenParameter(call, 'client_secret');
  const given = basicOf(call) ?? (id === undefined || secret === undefined ? undefined : {id, secret});
  if (given === undefined) return invalid('client_id and client_secret are missing.');
  if (!isApplication(world.application, given)) return {error: 'invalid_client'};
  return {
    status: 200,
    body: {
      access_token: world.tokens.issueApplicationToken(),
      token_type: 'Bearer',
      expires_in: wholeSeconds(world.tokens.options.applicationTtlMs),
    },
  };
}

/** OAuth knows no fractions; rounded down, so that nobody trusts a token that is over. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function invalid(description: string): Fault {
  return {error: 'invalid_request', description};
}

function spent(world: World, asGrant: string, asRequest: string): Fault {
  const error = world.tokens.options.spentTokenError;
  return {error, description: error === 'invalid_grant' ? asGrant : asRequest};
}
