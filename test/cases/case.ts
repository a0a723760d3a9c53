import {globSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import type {Explanation, Failure} from '../../src/index.ts';

/** One thing that has come over the wire, or may come, and what is to be made of it. */
export interface Case {
  /** A sentence. */
  readonly about: string;
  /** Where it was seen. */
  readonly source: readonly string[];
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  /** A body that is no text is sent as JSON. */
  readonly response?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  /** The URL to which Connect sends the owner back. */
  readonly redirect?: string;
  /** No response came: what fetch's error has as its cause. */
  readonly network?: {readonly name?: string; readonly code: string; readonly message: string};
  /** The body of a delivery. */
  readonly webhook?: unknown;
  readonly expect: {
    readonly failure: Failure;
    readonly decision: Pick<Explanation, 'action' | 'reason' | 'needs'>;
    readonly userMessage: string;
    readonly docUrl: string;
    /** All of them, where they are what the case is about. */
    readonly hints?: readonly string[];
  };
}

export interface NamedCase extends Case {
  readonly name: string;
}

/** Every file of this folder. */
export function allCases(): readonly NamedCase[] {
  return globSync('*.json', {cwd: import.meta.dirname})
    .toSorted()
    .map(file => {
      const text = readFileSync(join(import.meta.dirname, file), 'utf8');
      return {name: basename(file, '.json'), ...(JSON.parse(text) as Case)};
    });
}

/** What a client holds after it: an error, a body, or a redirect. */
export function subjectOf({response, redirect, network, webhook}: Case): unknown {
  if (network) {
    const {name, code, message} = network;
    const cause =
      name === undefined ? Object.assign(new Error(message), {code}) : new DOMException(message, name);
    return new TypeError('fetch failed', {cause});
  }
  return redirect ?? webhook ?? response?.body;
}

/** The same as a `Response`, where one came. */
export function responseOf({response}: Case): Response | undefined {
  if (!response) return undefined;
  const {status, headers = {}, body} = response;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, {status, headers: {'content-type': 'application/json', ...headers}});
}
