import {aboutOf} from './about.ts';
import type {Hint} from './facts.ts';

/** Why an owner's grant is gone. */
export const grant: Hint = facts => {
  const {reason, failure} = facts;
  if (reason === 'grant-missing') {
    return [
      'Tokens are stored by `policy.connect.handleCallback` or `policy.tokens.save`, under the same `user` as the call names.',
    ];
  }
  if (aboutOf(facts) !== 'OAUTH' || (failure.type !== 'invalid_grant' && reason !== 'grant-dead')) return [];
  const said = failure.description ?? '';
  if (/\bcode\b/i.test(said)) {
    return [
      'A code holds for ten minutes and one exchange: a page that was reloaded, or a callback handled twice, spends it.',
    ];
  }
  if (/redirect/i.test(said)) return [];
  return [
    'Each refresh ends the token before it: two processes without one shared store take it from each other.',
    'Else the owner has revoked the access, or the refresh token was not used for 60 days.',
  ];
};
