import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {parentPort} from 'node:worker_threads';

/** The smallest server that answers like an odometer. */
const server = createServer((_request, response) => {
  response.writeHead(200, {'content-type': 'application/json'}).end('{"distance": 37829}');
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
