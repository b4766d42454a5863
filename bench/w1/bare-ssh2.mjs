// The least that a program on Node can do: connect to each host by ssh2 and run `true`. Argument: hosts as JSON.
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';

const hosts = JSON.parse(process.argv[2]);
await Promise.all(hosts.map(runTrue));

function runTrue({ address, port, user, identityFile }) {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.on('error', reject);
    client.on('ready', () => {
      client.exec('true', (error, channel) => {
        if (error) return reject(error);
        channel.on('close', (code) => {
          client.end();
          if (code === 0) resolve();
          else reject(new Error(`status ${code}`));
        });
        channel.resume();
      });
    });
    client.on('connect', () => client.setNoDelay(true));
    client.connect({ host: address, port, username: user, privateKey: readFileSync(identityFile) });
  });
}
