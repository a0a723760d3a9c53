import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

/** A token endpoint that rotates refresh tokens, and an API that looks at the access token, on a port of this machine. */
export interface TokenServer {
  readonly origin: string;
  /** Refresh tokens in the order in which they were presented. */
  readonly presented: readonly string[];
  /** Called at these moments of a refresh; while it has not resolved, nothing goes on. */
  hook: (moment: 'received' | 'rotated') => Promise<void>;
  /** A refresh token that was used is taken once more. */
  grace: boolean;
  /** As it is now, for another story from here on. */
  readonly snapshot: () => () => void;
}

/** When a test is over. */
export type After = (tidy: () => void) => void;

const text = async (request: AsyncIterable<unknown>): Promise<string> => {
  let whole = '';
  for await (const piece of request) whole += String(piece);
  return whole;
};

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body));
}

export async function tokenServer(
  first: {readonly access: string; readonly refresh: string},
  after: After,
): Promise<TokenServer> {
  let made = 0;
  let good = new Set([first.access]);
  let live = new Set([first.refresh]);
  let used = new Set<string>();
  let presented: string[] = [];

  async function refresh(given: string, response: ServerResponse): Promise<void> {
    presented.push(given);
    await server.hook('received');
    const takes = live.has(given) || (server.grace && used.has(given));
    if (!takes)
      return json(response, 400, {error: 'invalid_grant', error_description: 'Invalid refresh_token.'});
    live.delete(given);
    used.add(given);
    const number = ++made;
    good.add(`access-${number}`);
    live.add(`refresh-${number}`);
    await server.hook('rotated');
    const pair = {access_token: `access-${number}`, refresh_token: `refresh-${number}`};
    json(response, 200, {...pair, token_type: 'Bearer', expires_in: 7_200});
  }

  const http = createServer((request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (request.url === '/oauth/token')
      void text(request)
        .then(body => refresh(new URLSearchParams(body).get('refresh_token') ?? '', response))
        .catch(() => undefined);
    else if (good.has(token)) json(response, 200, {token});
    else json(response, 401, {type: 'AUTHENTICATION', code: null, statusCode: 401, description: 'words'});
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  after(() => {
    http.closeAllConnections();
    http.close();
  });
  const server: TokenServer = {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    get presented() {
      return presented;
    },
    hook: async () => undefined,
    grace: false,
    snapshot() {
      const then = {good: [...good], live: [...live], used: [...used], presented: [...presented]};
      return () => {
        good = new Set(then.good);
        live = new Set(then.live);
        used = new Set(then.used);
        presented = [...then.presented];
      };
    },
  };
  return server;
}
