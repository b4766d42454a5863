// The floor of the fleet: a client that does nothing but connect to each host by ssh2 and run `true`.
// Arguments: folder of the keys, hosts at the same time, port, addresses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';

const [folder, forks, port, ...addresses] = process.argv.slice(2);
const privateKey = readFileSync(join(folder, 'client'));
const hostKey = ssh2.utils.parseKey(readFileSync(join(folder, 'host.pub'))).getPublicSSH();

const waiting = addresses[Symbol.iterator]();
await Promise.all(
  Array.from({ length: Number(forks) }, async () => {
    for (const address of waiting) await runTrue(address);
  }),
);

function runTrue(address) {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.on('error', reject).on('close', resolve);
    client.on('ready', () => {
      client.setNoDelay(true);
      client.exec('true', (error, channel) => {
        if (error) return reject(error);
        channel.on('close', (code) => (code === 0 ? client.end() : reject(new Error(`status ${code}`))));
        channel.resume();
      });
    });
    client.connect({
      host: address,
      port: Number(port),
      username: 'fleet',
      authHandler: [{ type: 'publickey', username: 'fleet', key: privateKey }],
      // As Troupe does: the key that the host has is asked for, and checked.
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      hostVerifier: (key) => key.equals(hostKey),
    });
  });
}
