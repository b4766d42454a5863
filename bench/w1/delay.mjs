// A proxy that makes loopback as far away as a round trip says, handshake of TCP included. Argument: routes as JSON.
import { createConnection, createServer } from 'node:net';

const routes = JSON.parse(process.argv[2]);
await Promise.all(routes.map(listen));
process.send('ready');
// Whoever started it has gone.
process.on('disconnect', () => process.exit());

function listen({ from, to, port, rtt }) {
  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (near) => {
    // The kernels have shaken hands at once. On a long line the server knows of its client after one round trip and a
    // half, with what the client sent first, which is its version and waits for no answer.
    setTimeout(() => {
      const far = createConnection({ host: to, port, noDelay: true, allowHalfOpen: true });
      near.once('data', (chunk) => {
        far.write(chunk);
        pipe(near, far, rtt / 2);
      });
      pipe(far, near, rtt / 2);
      near.resume();
    }, 1.5 * rtt);
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject).listen(port, from, resolve);
  });
}

/** Hands on every chunk, and the end, after `ms`; the line is long, not narrow, so nothing is held back. */
function pipe(source, target, ms) {
  source.on('data', (chunk) => setTimeout(() => target.writable && target.write(chunk), ms));
  source.on('end', () => setTimeout(() => target.end(), ms));
  source.on('error', () => target.destroy());
}
