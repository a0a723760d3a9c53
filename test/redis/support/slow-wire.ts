import {once} from 'node:events';
import {createConnection, createServer, type AddressInfo, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';

/** A way to a port of this machine on which everything takes so many milliseconds more, there and back. Gone with the test. */
export async function slowWire(to: number, delayMs: number): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer(near => {
    const far = createConnection(to, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    carry(near, far, delayMs);
    carry(far, near, delayMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** What was sent arrives, even where its sender is gone by then. */
function carry(from: Socket, to: Socket, delayMs: number): void {
  from.on('data', data => setTimeout(() => to.write(data), delayMs));
  from.on('close', () => setTimeout(() => to.destroySoon(), delayMs));
}
