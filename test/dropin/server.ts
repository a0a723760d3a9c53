import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {brotliCompressSync, deflateSync, gzipSync} from 'node:zlib';

/** One request as it came over the wire; the body as it was, byte by byte. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server on loopback that does what the path of a request asks for. */
export interface Stage {
  readonly origin: string;
  /** Since the last look, without the token endpoint. */
  take(): Seen[];
  /** Resolves when the next request has come whole. */
  arrival(): Promise<void>;
  /** Lets the answers that were started go on to their end. */
  release(): void;
  close(): Promise<void>;
}

type Answer = (query: URLSearchParams, response: ServerResponse, stage: {held: ServerResponse[]}) => void;

const WORDS = JSON.stringify({words: 'ünïcode, '.repeat(200)});
const CODINGS = {gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync} as const;

const json = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, {'content-type': 'application/json'}).end(body);
};

const ANSWERS: Readonly<Record<string, Answer>> = {
  ok: (_query, response) => json(response, 200, '{"distance":37829}'),
  status: (query, response) => {
    const status = Number(query.get('code'));
    if (status === 204 || status === 205 || status === 304) response.writeHead(status, {'x-own': 'a'}).end();
    else json(response, status, `{"type":"RESOURCE_NOT_FOUND","code":"PATH","statusCode":${status}}`);
  },
  coded: (query, response) => {
    const coding = query.get('by') as keyof typeof CODINGS;
    response.writeHead(200, {'content-type': 'application/json', 'content-encoding': coding});
    response.end(CODINGS[coding](WORDS));
  },
  headers: (_query, response) => {
    response.setHeader('X-Mixed-Case', 'Kept As It Is');
    response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2']);
    response.setHeader('SC-Request-Id', '3f');
    response.writeHead(200, 'Fine').end('text');
  },
  to: (query, response) => {
    response.writeHead(Number(query.get('status') ?? 302), {location: query.get('at') ?? ''}).end();
  },
  // The head at once; the body in parts, each when the reader asks for it.
  parts: (_query, response, {held}) => {
    response.writeHead(200, {'content-type': 'text/plain'});
    response.write('one, ');
    held.push(response);
  },
  hang: () => undefined,
  cut: (_query, response) => void response.destroy(),
  'cut-body': (_query, response) => {
    response.writeHead(200, {'content-length': '100'});
    response.write('a part', () => response.destroy());
  },
  'not-json': (_query, response) => void response.writeHead(200).end('{"a":'),
};

export async function stage(): Promise<Stage> {
  const seen: Seen[] = [];
  const waiting: (() => void)[] = [];
  const held: ServerResponse[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const one = await whole(request);
    const url = new URL(one.path, 'http://stage');
    if (url.pathname === '/oauth2/token') return json(response, 200, TOKEN);
    seen.push(one);
    for (const arrived of waiting.splice(0)) arrived();
    const failing = Number(url.searchParams.get('failing') ?? 0);
    if (seen.length <= failing) return json(response, 503, '{"message":"not yet"}');
    const kind = url.pathname.split('/').at(-1) ?? '';
    (ANSWERS[kind] ?? ANSWERS['ok'])?.(url.searchParams, response, {held});
  };
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    void answer(request, response);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => seen.splice(0),
    arrival: () => new Promise(resolve => void waiting.push(resolve)),
    release: () => held.splice(0).forEach(response => response.end('two')),
    close: () => closed(server),
  };
}

const TOKEN = '{"access_token":"app-token","token_type":"Bearer","expires_in":3600}';

async function whole(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  // A request that is cut off is never whole.
  await new Promise<void>(resolve => {
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', resolve);
  });
  const {method = '', url: path = '', headers} = request;
  const body = Buffer.concat(chunks).toString('latin1');
  return {method, path, headers: headers as Record<string, string>, body};
}

function closed(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
