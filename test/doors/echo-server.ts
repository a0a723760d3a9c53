import {createServer, type IncomingHttpHeaders, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {onTestFinished} from 'vitest';

/** One request as it came over the wire. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Answer = (seen: Seen, response: ServerResponse) => void;

export interface EchoServer {
  readonly origin: string;
  /** Without those to the token endpoint. */
  readonly seen: readonly Seen[];
  /** Answers in this order; then always 200 with `{}`. */
  answer(...answers: Answer[]): void;
}

/** Shows what the simulator's journal leaves out: headers, and bodies byte by byte. Hands out tokens too. */
export async function startEchoServer(): Promise<EchoServer> {
  const seen: Seen[] = [];
  const answers: Answer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const {method = '', url: path = '', headers} = request;
      if (path.startsWith('/oauth')) return json(200, TOKENS)({} as Seen, response);
      const one = {method, path, headers, body: Buffer.concat(chunks)};
      seen.push(one);
      (answers.shift() ?? json(200, {}))(one, response);
    });
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(
    () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (...more) => void answers.push(...more),
  };
}

const TOKENS = {access_token: 'app-token', token_type: 'Bearer', expires_in: 3600};

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_seen, response) => {
    response.writeHead(status, {'content-type': 'application/json', ...headers});
    response.end(JSON.stringify(body));
  };

export const later: Answer = json(502, {
  type: 'UPSTREAM',
  code: 'NO_RESPONSE',
  statusCode: 502,
  resolution: {type: 'RETRY_LATER'},
});

export const redirect =
  (location: string, status = 302): Answer =>
  (_seen, response) => {
    response.writeHead(status, {location});
    response.end();
  };

/** Sends the head and half a body; `finish` sends the rest. */
export function halfSent(): {readonly answer: Answer; finish(): void} {
  let open: ServerResponse | undefined;
  return {
    answer(_seen, response) {
      open = response;
      response.writeHead(200, {'content-type': 'text/plain'});
      response.write('first half, ');
    },
    finish: () => void open?.end('second half'),
  };
}
