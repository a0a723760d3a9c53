import {type IncomingMessage, type ServerResponse, createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {onTestFinished} from 'vitest';

/** The application that Connect sends owners back to. */
export interface Callback {
  readonly url: string;
  /** What came back, one entry per visit. */
  readonly visits: readonly Record<string, string>[];
}

/** Closed with the test. */
export async function callbackServer(): Promise<Callback> {
  const visits: Record<string, string>[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const {pathname, searchParams} = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname === '/callback') visits.push(Object.fromEntries(searchParams));
    response.writeHead(200, {'content-type': 'text/html'});
    response.end(
      '<!doctype html><html lang="en"><title>Back</title><link rel="icon" href="data:,"><h1>Back at the application</h1></html>',
    );
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`, visits};
}
