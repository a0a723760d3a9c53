import {
  ConsecutiveBreaker,
  ExponentialBackoff,
  TimeoutStrategy,
  bulkhead,
  circuitBreaker,
  handleAll,
  retry,
  timeout,
  wrap,
} from 'cockatiel';
import {type Contender, goodOnly} from './contender.ts';
import {type Vault, usualTokens} from './tokens.ts';

/** As its readme wraps them. */
export const withCockatiel: Contender = {
  name: 'cockatiel',
  settings:
    'cockatiel, wrap(retry 3 times with ExponentialBackoff, circuitBreaker after 5 in a row for 10 s, bulkhead 100 and 10 000 waiting, timeout); one refresh at a time after a 401',
  begin() {
    const vault: Vault = new Map();
    return setting => {
      const {send, keeping} = usualTokens(setting, vault, true);
      const policy = wrap(
        retry(handleAll, {maxAttempts: 3, backoff: new ExponentialBackoff()}),
        circuitBreaker(handleAll, {halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5)}),
        bulkhead(100, 10_000),
        timeout(setting.attemptTimeoutMs, TimeoutStrategy.Aggressive),
      );
      return {
        call: call => policy.execute(({signal}) => goodOnly(send({...call, signal})), call.signal),
        ...keeping,
      };
    };
  },
};
