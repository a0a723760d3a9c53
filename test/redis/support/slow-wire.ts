import {once} from 'node:events';
import {createConnection, createServer, type AddressInfo, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';

export type Way = 'there' | 'back';

/**
 * A way to a port of this machine on which everything takes so many milliseconds more, there and back. `passing` is
 * told of each piece. Gone with the test.
 */
export async function slowWire(to: number, delayMs: number, passing: (way: Way) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const carry = (from: Socket, other: Socket, way: Way): void => {
    sockets.add(from);
    from.on('data', data => {
      setTimeout(() => other.write(data), delayMs);
      passing(way);
    });
    // What was sent arrives, even where its sender is gone by then.
    from.on('close', () => setTimeout(() => other.destroySoon(), delayMs));
    from.on('close', () => sockets.delete(from));
    from.on('error', () => undefined);
  };
  const server = createServer(near => {
    const far = createConnection(to, '127.0.0.1');
    carry(near, far, 'there');
    carry(far, near, 'back');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
