import {type IncomingMessage, type Server, type ServerResponse, createServer} from 'node:http';
import type {AddressInfo} from 'node:net';

/** Answers one request; a rejection cuts the connection. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Listening {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Listens on 127.0.0.1, and survives whatever a client sends. Rejects when the port is taken. */
export async function listen(port: number, listener: Listener): Promise<Listening> {
  const server = createServer((request, response) => {
    // A client that goes away in the middle is no news to anyone.
    request.on('error', () => {});
    response.on('error', () => {});
    listener(request, response).catch(() => response.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket.writable && error.code !== 'ECONNRESET')
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  // Longer than clients keep a connection, so that none is closed under a request that is just coming in.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // From here on, an error concerns one connection that could not be accepted.
  server.on('error', () => {});
  return {origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: closer(server)};
}

function closer(server: Server): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () =>
    (closed ??= new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    }));
}
