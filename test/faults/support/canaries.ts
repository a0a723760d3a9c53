import {subscribe} from 'node:diagnostics_channel';
import {inspect} from 'node:util';
import {EVENT_NAMES} from '../../../src/engine/events.ts';
import type {Policy} from './front-door.ts';
import {learning} from './learning-fetch.ts';

/** Secrets that must come out nowhere, in no form; those of every token answer join them. */
export class Canaries {
  readonly #known = new Map<string, string>();
  readonly #shown: (readonly [where: string, what: unknown])[] = [];

  constructor(secrets: Readonly<Record<string, string>>) {
    for (const [name, secret] of Object.entries(secrets)) this.add(name, secret);
  }

  add(name: string, secret: string | null | undefined): void {
    if (secret) this.#known.set(secret, name);
  }

  get size(): number {
    return this.#known.size;
  }

  /** Something that came out of the policy: looked through at the end, when all secrets are known. */
  show(where: string, what: unknown): void {
    this.#shown.push([where, what]);
  }

  /** Everything that this policy tells anybody. */
  watch(policy: Policy): Policy {
    for (const event of EVENT_NAMES) policy.on(event, payload => this.show(`event ${event}`, payload));
    return policy;
  }

  /** Takes down all that is logged. */
  readonly logger: Record<'debug' | 'info' | 'warn' | 'error', (...parts: unknown[]) => void> = {
    debug: (...parts) => this.show('the log', parts),
    info: (...parts) => this.show('the log', parts),
    warn: (...parts) => this.show('the log', parts),
    error: (...parts) => this.show('the log', parts),
  };

  /** Knows each token, code and answer that goes through it. */
  readonly fetch: typeof fetch = learning(fetch, (name, secret) => this.add(name, secret));

  /** Where a secret came out. */
  leaks(): string[] {
    const forms = [...this.#known].flatMap(([secret, name]) =>
      formsOf(secret).map(form => [form, name] as const),
    );
    const found = this.#shown.flatMap(([where, what]) => {
      const text = everythingIn(what);
      return forms.flatMap(([form, name]) => (text.includes(form) ? [`${name} in ${where}`] : []));
    });
    return [...new Set(found)];
  }
}

/** A secret as URLs, JSON, base64 at each offset, and hex write it. */
export function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].flatMap(offset => {
    const whole = Buffer.from('x'.repeat(offset) + secret).toString('base64');
    // What the neighbours have a part in is left off.
    const own = whole.slice(offset === 0 ? 0 : 4, Math.floor((offset + secret.length) / 3) * 4);
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const forms = [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    new URLSearchParams({'': secret}).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    Buffer.from(secret).toString('hex'),
    ...base64,
  ];
  return [...new Set(forms)].filter(form => form.length >= 8);
}

/** Every text that can be reached from a value, by any key, and what `inspect` and JSON make of it. */
export function everythingIn(value: unknown): string {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const walk = (one: unknown): void => {
    if (typeof one === 'string') texts.push(one);
    if (typeof one === 'symbol') texts.push(String(one));
    if ((typeof one !== 'object' && typeof one !== 'function') || one === null || seen.has(one)) return;
    seen.add(one);
    if (ArrayBuffer.isView(one))
      texts.push(Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString('latin1'));
    if (one instanceof Map) for (const pair of one) walk(pair);
    if (one instanceof Set) for (const member of one) walk(member);
    if (one instanceof Headers || one instanceof URLSearchParams) for (const pair of one) walk(pair);
    for (const key of Reflect.ownKeys(one)) {
      walk(key);
      try {
        walk(Reflect.get(one, key));
      } catch {
        // A getter of its own: nothing came out.
      }
    }
  };
  walk(value);
  texts.push(inspect(value, {depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity}));
  texts.push(inspect(value), String(value), json(value));
  return texts.join('\n');
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

/** Whatever the package publishes on channels of its own. */
export function watchChannels(canaries: Canaries): void {
  const traced = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].flatMap(moment =>
    ['call', 'attempt', 'refresh', 'wait'].map(what => `tracing:smartcar-policy:${what}:${moment}`),
  );
  for (const name of [...EVENT_NAMES.map(event => `smartcar-policy:${event}`), ...traced])
    subscribe(name, message => canaries.show(`channel ${name}`, message));
}
