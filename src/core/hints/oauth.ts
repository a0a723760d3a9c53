import {aboutOf, isV3} from './about.ts';
import type {Hint, HintFacts} from './facts.ts';
import {queryNames} from './paths.ts';
import {listed} from './wording.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Which of the two dialects the token endpoint speaks. */
function dialectOf(facts: HintFacts): '2' | '3' {
  if (facts.sent?.host === 'authV3') return '3';
  if (facts.sent?.host === 'auth') return '2';
  return facts.auth?.version ?? (isV3(facts) ? '3' : '2');
}

/** The client id and the Application ID in each other's place, told from how they look; neither is shown. */
export const clientIds: Hint = facts => {
  const {auth, failure} = facts;
  const refused =
    failure.type === 'invalid_client' ||
    failure.type === 'unauthorized_client' ||
    failure.type === 'configuration_error';
  if (!refused || auth?.clientId === undefined) return [];
  const {clientId} = auth;
  if (/\s/.test(clientId)) return ['`auth.clientId` holds white space: a line end of a file, perhaps.'];
  if (auth.version === '2') {
    return clientId.startsWith('client_')
      ? [
          '`auth.clientId` begins with `client_`: that is an id of v3, and `userTokens` proves itself with one of v2.',
        ]
      : [];
  }
  if (clientId === auth.applicationId)
    return [
      '`auth.clientId` is the same as `connect.applicationId`: v3 has one for tokens (`client_…`), and another for Connect links.',
    ];
  if (UUID.test(clientId))
    return [
      '`auth.clientId` looks like an Application ID (a UUID), which belongs in `connect.applicationId`; the client id begins with `client_`.',
    ];
  return clientId.startsWith('client_')
    ? []
    : ['`auth.clientId` does not begin with `client_`, as client ids of v3 do.'];
};

const IN_THE_BODY = ['grant_type', 'client_id', 'client_secret'];

/** Where the two token endpoints want the secret. */
export const secretPlace: Hint = facts => {
  const {sent, failure} = facts;
  if (aboutOf(facts) !== 'OAUTH' || (failure.type !== 'invalid_client' && failure.type !== 'invalid_request'))
    return [];
  if (queryNames(facts).some(name => /^client_(id|secret)$/.test(name)))
    return [
      'The client id or secret stands in the query, where every log keeps it: it belongs in the header (v2) or the body (v3).',
    ];
  if (sent?.partly === true || facts.reason === 'grant-dead') return [];
  const basic = sent?.scheme?.toLowerCase() === 'basic';
  if (dialectOf(facts) === '2')
    return sent && !basic
      ? ['v2 takes the client id and secret as `authorization: Basic …`, not in the body.']
      : [];
  if (basic)
    return ['v3 takes `client_id` and `client_secret` in the body, not as `authorization: Basic …`.'];
  const lacks = IN_THE_BODY.filter(name => sent?.fields?.includes(name) === false);
  return lacks.length > 0 ? [`The body lacks ${listed(lacks)}.`] : [];
};

/** The secret itself, where nothing shows that it stands in the wrong place. */
export const refusedClient: Hint = facts => {
  if (aboutOf(facts) !== 'OAUTH' || facts.failure.type !== 'invalid_client') return [];
  return dialectOf(facts) === '3'
    ? [
        'v3 takes id and secret in the body of the token request; see whether the secret is one of the (up to three) that the dashboard has.',
      ]
    : [
        'v2 takes id and secret as Basic; see whether the secret is still the one in the dashboard, and of the same application.',
      ];
};

const NAMES = ['grant_type', 'redirect_uri', 'refresh_token', 'client_id', 'client_secret', 'scope', 'code'];

/** Parameters of the token request. */
export const tokenRequest: Hint = facts => {
  const {failure, sent, auth} = facts;
  if (aboutOf(facts) !== 'OAUTH' || facts.reason === 'grant-missing') return [];
  const said = failure.description ?? '';
  if (/redirect/i.test(said)) {
    const own =
      auth?.redirectUri === undefined
        ? ''
        : ' The policy sends `connect.redirectUri` or that of `userTokens`.';
    return [
      `\`redirect_uri\` has to be the very one of the Connect link, and registered.${own} The official SDK's \`exchangeCode\` without it sends the text \`undefined\`.`,
    ];
  }
  if (failure.type === 'unsupported_grant_type')
    return [
      'v2 knows `authorization_code` and `refresh_token`, v3 `client_credentials`: see which token endpoint was asked.',
    ];
  if (failure.type !== 'invalid_request' || facts.reason === 'grant-dead') return [];
  const named = NAMES.filter(name => new RegExp(`\\b${name}\\b`, 'i').test(said));
  if (named.length > 0) return [`The token endpoint complains about ${listed(named)}.`];
  if (sent?.body === 'json' && dialectOf(facts) === '2')
    return ["v2's token endpoint takes a form, and JSON was sent."];
  return dialectOf(facts) === '3'
    ? ['v3 needs `grant_type=client_credentials`, `client_id` and `client_secret`.']
    : ['v2 needs a form with `grant_type`, and `code` with `redirect_uri`, or `refresh_token`.'];
};

/** Nothing was decided about the grant. */
export const tokenEndpointDown: Hint = facts => {
  const {oauth, failure} = facts;
  if (oauth !== true || failure.type !== undefined) return [];
  const {status} = failure;
  const what = status === undefined || status === 500 ? 'did not answer as it should' : `answered ${status}`;
  return [
    `It was the token endpoint that ${what}: the stored tokens are kept, and no owner has to reconnect for it.`,
  ];
};
