import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { dial } from '../../../src/hosts/dial.ts';

const target = (port: number) => ({
  ...({ name: 'web1', connection: 'ssh', address: '127.0.0.1', port, connectTimeoutMs: 10_000 } as const),
  ...{ user: 'nobody', proxyJump: 'none' },
});

async function listening() {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0 };
}

/** What Node keeps of the option, and sets when the connection is there. */
const hasNoDelay = (socket: Socket): unknown => {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'kSetNoDelay');
  return key && (socket as unknown as Record<symbol, unknown>)[key];
};

test('a small packet never waits for the one before it to be acknowledged, from the first one on', async () => {
  const { server, port } = await listening();
  const { settings, socket } = dial(target(port));
  expect(settings.port).toBe(port);
  expect(hasNoDelay(socket)).toBe(true);
  await once(socket, 'connect');
  socket.destroy();
  server.close();
});

test('what fails before anybody has taken the socket over is kept for who does', async () => {
  const { server, port } = await listening();
  server.close();
  await once(server, 'close');
  const { socket } = dial(target(port));
  await new Promise((resolve) => socket.once('close', resolve));
  expect(socket.errored).toMatchObject({ code: 'ECONNREFUSED' });
});
