// One process of the fleet: ssh2 servers on loopback addresses. Arguments: folder of the keys, port, addresses.
import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { recordedShell } from './recorded-shell.mjs';

const [folder, port, ...addresses] = process.argv.slice(2);
const authorized = ssh2.utils.parseKey(readFileSync(join(folder, 'client.pub')));

const server = new ssh2.Server({ hostKeys: [readFileSync(join(folder, 'host'))] }, (client) => {
  client.on('authentication', (context) =>
    isOurs(context) ? context.accept() : context.reject(['publickey']),
  );
  client.on('session', (accept) =>
    accept().on('exec', (open, _refuse, { command }) =>
      command === 'true' ? runTrue(open()) : recordedShell(open(), command),
    ),
  );
  client.on('error', () => {});
});

/** What the floor's client asks for. */
function runTrue(channel) {
  channel.exit(0);
  channel.end();
}

function isOurs({ method, key, blob, signature, hashAlgo }) {
  if (method !== 'publickey') return false;
  const expected = authorized.getPublicSSH();
  if (key.data.length !== expected.length || !timingSafeEqual(key.data, expected)) return false;
  return signature === undefined || authorized.verify(blob, signature, hashAlgo) === true;
}

await Promise.all(
  addresses.map(
    (address) =>
      new Promise((resolve, reject) => {
        const listening = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
        listening.on('error', reject).listen(Number(port), address, resolve);
      }),
  ),
);
process.send('ready');
// Whoever started it has ended.
process.on('disconnect', () => process.exit());
