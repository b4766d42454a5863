import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { keyPair } from '../../scripts/key-pair.mjs';
import type { Sshd } from './start-sshd.ts';

/** What clients have asked of a server. */
export interface Counts {
  connections: number;
  /** What clients tried to be let in by: a key that is only asked about, or one that has signed. */
  readonly logins: ('asks' | 'signed' | 'other')[];
  /** Commands, one a channel. */
  readonly commands: string[];
  /** Pieces of data that came, over all channels. */
  pieces: number;
}

export type CountingServer = Pick<
  Sshd,
  'address' | 'port' | 'user' | 'identityFile' | 'knownHostsFile' | 'stop'
> & { readonly counts: Counts };

/** An ssh server on loopback that counts. It runs commands as who runs the tests, whatever user sudo is asked for. */
export async function startCountingServer(): Promise<CountingServer> {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-counting-'));
  const [mine, its] = [keyPair(), keyPair()];
  const identityFile = join(folder, 'client');
  const knownHostsFile = join(folder, 'known_hosts');
  writeFileSync(identityFile, mine.private, { mode: 0o600 });
  const counts: Counts = { connections: 0, logins: [], commands: [], pieces: 0 };
  const server = new ssh2.Server({ hostKeys: [its.private] }, (client) => {
    counts.connections += 1;
    client.on('authentication', (context) => {
      const isKey = context.method === 'publickey';
      counts.logins.push(isKey ? (context.signature ? 'signed' : 'asks') : 'other');
      if (isKey) context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (accept) =>
      accept().on('exec', (open, _refuse, { command }) => {
        counts.commands.push(command);
        serve(open(), command, counts);
      }),
    );
    client.on('error', () => {});
  });
  const listening = createServer((socket) => server.injectSocket(socket));
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const bound = listening.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${its.public}\n`);
  const stop = async (): Promise<void> => {
    listening.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { address: '127.0.0.1', port, user: 'tester', identityFile, knownHostsFile, stop, counts };
}

function serve(channel: ssh2.ServerChannel, command: string, counts: Counts): void {
  const sh = spawn('sh', ['-c', command.replace(/^exec env LC_ALL=C sudo .*? -- /, 'exec ')]);
  channel.on('data', (data: Buffer) => {
    counts.pieces += 1;
    sh.stdin.write(data);
  });
  channel.on('end', () => sh.stdin.end());
  channel.on('close', () => sh.kill());
  sh.stdout.on('data', (data: Buffer) => channel.write(data));
  sh.stderr.on('data', (data: Buffer) => channel.stderr.write(data));
  sh.on('close', (code) => {
    channel.exit(code ?? 1);
    channel.end();
  });
}
