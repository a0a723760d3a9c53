import type {Call} from '../http/answer.ts';
import {shown} from '../options/check.ts';
import {parseJson} from './json-syntax.ts';

/** A request that control does not look at. */
export interface Refusal {
  readonly status: 403 | 413 | 415 | 400;
  readonly message: string;
}

/**
 * Control hands out secrets and changes everything, and any page in the browser of whoever runs this can send requests
 * here. A page whose name was made to point to 127.0.0.1 betrays itself by its Host; any other page by its Origin,
 * which browsers send with every POST. A body has to be `application/json`, which no form can send, and for which
 * scripts of other origins have to ask first; nobody says yes to them.
 */
export function refusalOf({headers, body, text}: Call): Refusal | undefined {
  const {host, origin, 'content-type': type} = headers;
  if (!isLoopback(`http://${host ?? ''}`)) {
    const message = `Expected the Host to be this machine, such as 127.0.0.1 or localhost, got ${shown(host)}.`;
    return {status: 403, message};
  }
  if (origin !== undefined && !isLoopback(origin)) {
    const message = `Expected no Origin, or one of this machine, got ${shown(origin)}: pages do not steer this.`;
    return {status: 403, message};
  }
  if (body.kind === 'empty') return undefined;
  if (body.kind === 'too-large') {
    return {status: 413, message: 'Expected a body of 1 MiB at most, got a larger one.'};
  }
  if (!/^application\/json *(;|$)/i.test(type ?? '')) {
    const message = `Expected the body to be of the content type application/json, got ${shown(type)}.`;
    return {status: 415, message};
  }
  return body.kind === 'json' ? undefined : {status: 400, message: whatIsWrongWith(text)};
}

function whatIsWrongWith(text: string): string {
  try {
    parseJson(text, 'the body');
  } catch (error) {
    return (error as SyntaxError).message;
  }
  return 'Expected the body to be nested less deep.';
}

function isLoopback(url: string): boolean {
  const name = URL.parse(url)?.hostname ?? '';
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(name) || name.endsWith('.localhost');
}
