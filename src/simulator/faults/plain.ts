import type {Rendered} from '../errors/envelopes.ts';
import type {HtmlReply, RawReply, RedirectReply} from './replies.ts';

/** A reply that the simulator has no opinion about. */
export function renderPlain(reply: HtmlReply | RedirectReply | RawReply): Rendered {
  if ('html' in reply) return proxyPage(reply.html);
  return 'redirect' in reply ? redirect(reply) : raw(reply);
}

function proxyPage(status: 502 | 503 | 504): Rendered {
  const title = {502: 'Bad Gateway', 503: 'Service Temporarily Unavailable', 504: 'Gateway Time-out'}[status];
  return {
    status,
    headers: {'content-type': 'text/html'},
    body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
  };
}

function redirect({redirect: location, status = 302}: RedirectReply): Rendered {
  return {status, headers: {location}, body: undefined};
}

function raw({status, headers, body}: RawReply): Rendered {
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  const lowerCase = Object.entries(headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return {
    status,
    headers: {...(body === undefined ? {} : {'content-type': type}), ...Object.fromEntries(lowerCase)},
    body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  };
}
