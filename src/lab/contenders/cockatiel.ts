import {
  ConsecutiveBreaker,
  ExponentialBackoff,
  TimeoutStrategy,
  bulkhead,
  circuitBreaker,
  handleWhen,
  retry,
  timeout,
  wrap,
} from 'cockatiel';
import {type Contender, goodOnly, mayPass} from './contender.ts';
import {type Vault, usualTokens} from './tokens.ts';

/** As its readme wraps them. */
export const withCockatiel: Contender = {
  name: 'cockatiel',
  settings:
    'cockatiel, wrap(retry 3 times with ExponentialBackoff, circuitBreaker after 5 in a row for 10 s, bulkhead 100 and 10 000 waiting, timeout), retry and breaker for all but 4xx other than 408 and 429; one refresh at a time after a 401',
  begin() {
    const vault: Vault = new Map();
    return setting => {
      const {send, keeping} = usualTokens(setting, vault, true);
      const failures = handleWhen(mayPass);
      const policy = wrap(
        retry(failures, {maxAttempts: 3, backoff: new ExponentialBackoff()}),
        circuitBreaker(failures, {halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5)}),
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
