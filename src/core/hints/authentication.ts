import {aboutOf, isV3} from './about.ts';
import type {Hint, HintFacts, SentRequest} from './facts.ts';
import {meant} from './likeness.ts';
import {queryNames} from './paths.ts';
import {at, lasting, quoted} from './wording.ts';

const FLAWS: Readonly<Record<string, string>> = {
  nothing: 'nothing stands behind it',
  undefined: 'the text `undefined` stands behind it, so the token was never read',
  null: 'the text `null` stands behind it, so the token was never read',
  object: 'an object stands behind it: its access token is meant',
  twice: 'a second scheme stands behind it',
  quotes: 'the token behind it is in quotes or brackets',
};

/** Other words that are put in front of a token; shown only because they are none. */
const OTHER_SCHEMES: ReadonlySet<string> = new Set(['token', 'oauth', 'jwt', 'apikey', 'key', 'digest']);

/** What the caller wrote into the header. The policy's own is in order. */
export const authorizationHeader: Hint = facts => {
  const {sent, auth} = facts;
  if (aboutOf(facts) !== 'AUTHENTICATION' || !sent || auth?.byPolicy === true) return [];
  const {scheme, bare, flaw} = sent;
  const inQuery = queryNames(facts).find(name => /^(access_)?token$/i.test(name));
  if (inQuery !== undefined)
    return [
      `The token stands in the query (${quoted(inQuery)}): it belongs in the header, \`authorization: Bearer …\`.`,
    ];
  if (sent.partly === true) return [];
  if (bare)
    return [
      'The authorization header does not begin with `Bearer`: write the word and a space before the token.',
    ];
  if (scheme === undefined)
    return ['No authorization header was sent: give the call a `user`, or send `authorization: Bearer …`.'];
  if (scheme.toLowerCase() !== 'bearer') return wrongScheme(facts, sent, scheme);
  return flaw === undefined ? [] : [`The authorization header says \`Bearer\`, and ${FLAWS[flaw]}.`];
};

function wrongScheme({nearest, request}: HintFacts, {host}: SentRequest, scheme: string): readonly string[] {
  const word = scheme.toLowerCase();
  if (word === 'basic') {
    const itsPlace = host === 'management' || (request?.operation ?? '').startsWith('GET /compatibility');
    return itsPlace
      ? []
      : [
          '`Basic` proves an application to the token endpoint, compatibility and management; a call to a car takes `Bearer`.',
        ];
  }
  return meant(word, ['bearer'], nearest) !== undefined || OTHER_SCHEMES.has(word)
    ? [`The authorization header says ${quoted(scheme)}: \`Bearer\` is meant.`]
    : ['The authorization header has a scheme other than `Bearer`.'];
}

/** A token of one API on the other. */
export const tokenVersion: Hint = facts => {
  const {auth} = facts;
  const known = facts.request?.version ?? (facts.sent?.host?.startsWith('api') ? facts.sent.host : undefined);
  if (aboutOf(facts) !== 'AUTHENTICATION' || auth?.byPolicy !== true || known === undefined) return [];
  const v3 = isV3(facts);
  if (v3 === (auth.version === '3')) return [];
  return v3
    ? ["The token is an owner's of v2 (`userTokens`), the call goes to v3: that takes `applicationToken`."]
    : [
        "The token is the application's of v3 (`applicationToken`), the call goes to v2.0: that takes `userTokens`.",
      ];
};

/** By our own records of the token that was sent. */
export const tokenAge: Hint = facts => {
  const {tokenExpiresAt, now, reason, auth} = facts;
  if (aboutOf(facts) !== 'AUTHENTICATION' || tokenExpiresAt === undefined || auth?.byPolicy !== true)
    return [];
  const when = at(tokenExpiresAt);
  const left = tokenExpiresAt - now;
  if (when === undefined || (reason === 'token-expired' && left > 0)) return [];
  if (left <= 0) return [`By our records the token ended ${lasting(-left)} ago, at ${when}.`];
  return [
    `By our records the token is good for another ${lasting(left)}, so age is not the cause: it may not cover this car.`,
  ];
};

/** The token is fine and refused all the same. */
export const tokenRejected: Hint = facts => {
  if (facts.reason !== 'token-rejected') return [];
  const {vehicle, auth} = facts;
  const car = vehicle === undefined ? 'this car' : `the vehicle ${quoted(vehicle)}`;
  if (auth?.version === '3' || isV3(facts)) {
    return [
      `The application of this token may have no connection to ${car}: \`policy.diagnose(error)\` asks once.`,
    ];
  }
  return [
    `The token may be of an owner who does not have ${car}: \`policy.diagnose(error)\` asks /vehicles once.`,
  ];
};

/** A client that was built with a token keeps it, whichever the policy hands to the next attempt. */
export const bakedIn: Hint = ({reason, sent, request, auth}) =>
  reason === 'token-rejected' && !sent && !request && auth?.byPolicy === true
    ? [
        "Build the client inside `run`, from the `accessToken` of each attempt: the SDK's `Vehicle` keeps the one it was made with.",
      ]
    : [];

/** Two failures with nearly the same name. */
export const whoseLogin: Hint = facts => {
  if (aboutOf(facts) === 'AUTHENTICATION')
    return [
      "This is about the token alone, not about the owner's login at the maker: nobody has to reconnect for it.",
    ];
  if (aboutOf(facts) !== 'ACCOUNT' || facts.failure.code !== 'AUTHENTICATION_FAILED') return [];
  return ["The owner's login at the maker has ended; the token is in order, and a new one changes nothing."];
};

/** v3's 403: the token is known, and may not do this. */
export const accessDenied: Hint = facts => {
  const {request, vehicle, failure, sent, auth} = facts;
  const denied = aboutOf(facts) === 'ACCESS_DENIED';
  const typeless =
    failure.status === 403 && failure.type === undefined && (failure.code === 'forbidden' || isV3(facts));
  if (!denied && !typeless) return [];
  const sender =
    sent?.hasUserId === true || auth?.byPolicy === true ? 'the `sc-user-id` that was sent' : '`sc-user-id`';
  const car = vehicle ?? request?.vehicle;
  const whose = car === undefined ? 'the owner of this car' : `the owner of ${quoted(car)}`;
  return [
    `A new token does not help: see whether ${sender} is ${whose}, and whether that owner connected to this application (\`GET /v3/connections\`).`,
  ];
};
