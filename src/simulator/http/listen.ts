import {type IncomingMessage, type Server, type ServerResponse, createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';

/** Answers one request; a rejection cuts the connection. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Listening {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** What is said to bytes that became no request, by the error of the parser; everything else is a 400. */
const refusals: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/**
 * Listens on 127.0.0.1, and survives whatever a client sends. Rejects when the port is taken. The limits of time are the
 * platform's, a minute for the headers and five for the whole of a request; an answer may take as long as it likes.
 */
export async function listen(port: number, listener: Listener): Promise<Listening> {
  const refused = new Set<Duplex>();
  const underWay = new WeakMap<Duplex, Set<ServerResponse>>();
  const server = createServer((request, response) => {
    // A client that goes away in the middle is no news to anyone.
    request.on('error', () => {});
    response.on('error', () => {});
    const responses = underWay.get(request.socket) ?? new Set();
    underWay.set(request.socket, responses.add(response));
    response.once('close', () => responses.delete(response));
    listener(request, response).catch(() => response.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const [first, ...more] = underWay.get(socket) ?? [];
    // A refusal in the place, or in the middle, of another request's answer would be taken for it.
    const isFree = first === undefined || (more.length === 0 && !first.headersSent && !first.req.complete);
    if (!socket.writable || error.code === 'ECONNRESET' || !isFree) socket.destroy();
    else refuse(socket, refusals[error.code ?? ''] ?? '400 Bad Request', refused);
  });
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {});
    refuse(socket, '405 Method Not Allowed', refused);
  });
  // Longer than clients keep a connection, so that none is closed under a request that is just coming in.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // From here on, an error concerns one connection that could not be accepted.
  server.on('error', () => {});
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: closer(server, refused),
  };
}

/** The server no longer knows these connections, so they are noted until the client has gone. */
function refuse(socket: Duplex, status: string, refused: Set<Duplex>): void {
  refused.add(socket);
  socket.once('close', () => refused.delete(socket));
  socket.resume();
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function closer(server: Server, refused: ReadonlySet<Duplex>): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () =>
    (closed ??= new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
      for (const socket of refused) socket.destroy();
    }));
}
