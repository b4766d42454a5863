import { createServer, type Server, type Socket, connect as toServer } from 'node:net';

/** A way to a server that counts what goes through, and can be cut. */
export interface CountingProxy {
  readonly port: number;
  /** Bytes so far, both ways. */
  bytes(): number;
  /** Cuts all connections once so many more bytes have gone through. */
  cutAfter(bytes: number): void;
  stop(): void;
}

/** Starts a proxy on loopback before a server there. */
export function startCountingProxy(port: number): Promise<CountingProxy> {
  let bytes = 0;
  let cutAt = Number.POSITIVE_INFINITY;
  const open = new Set<Socket>();
  const cut = (): void => {
    for (const socket of open) socket.destroy();
    open.clear();
  };
  const server: Server = createServer((client) => {
    const inner = toServer({ host: '127.0.0.1', port });
    for (const [from, to] of [
      [client, inner],
      [inner, client],
    ] as const) {
      open.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.on('data', (chunk) => {
        bytes += chunk.length;
        if (bytes >= cutAt) {
          cutAt = Number.POSITIVE_INFINITY;
          cut();
        }
      });
      from.pipe(to);
    }
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound ? bound.port : 0,
        bytes: () => bytes,
        cutAfter: (more) => {
          cutAt = bytes + more;
        },
        stop: () => {
          cut();
          server.close();
        },
      });
    });
  });
}
