import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface SshdOptions {
  /** Loopback address to listen on; 127.0.0.1 by default. */
  readonly address?: string;
  /**
   * How the user may use sudo: without a password, with one, or not at all. A user of its own is made for anything but
   * undefined, which needs root; undefined is who runs the tests.
   */
  readonly sudo?: 'nopasswd' | 'password' | 'none';
  /** Lines for sudoers that go before the rule; `USER` stands for the user's name. */
  readonly sudoers?: readonly string[];
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
  /** Login shell of the user that is made. */
  readonly loginShell?: string;
  /** Leave the host key out of the known_hosts file. */
  readonly unknown?: boolean;
}

/** A real sshd that runs on loopback. */
export interface Sshd {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The user's password, for sudo; '' where no user was made. */
  readonly password: string;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** Folder of the server's own files. */
  readonly folder: string;
  /** What sshd wrote to its log. */
  log(): string;
  /** Cuts all connections, as a dead network does for sshd: its session processes are killed. */
  drop(): void;
  stop(): Promise<void>;
}

/** True where users can be made and sudoers written. */
export const isRoot = (): boolean => process.getuid?.() === 0;

/** Starts a real sshd with its own keys and configuration; resolves when it takes connections. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const program = findSshd();
  const folder = mkdtempSync(join(tmpdir(), 'troupe-sshd-'));
  chmodSync(folder, 0o755);
  if (isRoot()) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const address = options.address ?? '127.0.0.1';
  const account =
    options.sudo === undefined
      ? { user: userInfo().username, password: '', remove: () => {} }
      : makeUser(options.sudo, options);
  const keys = makeKeys(folder, account.user);
  for (let attempt = 0; ; attempt++) {
    const port = await freePort(address);
    const config = join(folder, 'sshd_config');
    writeFileSync(config, configuration(folder, address, port, account.user, options));
    const child = spawn(program, ['-D', '-f', config, '-E', join(folder, 'log')], { stdio: 'ignore' });
    if (await answers(child, address, port)) {
      const knownHostsFile = join(folder, 'known_hosts');
      const key = readFileSync(join(folder, 'host_ed25519.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
      writeFileSync(knownHostsFile, options.unknown ? '' : `[${address}]:${port} ${key}\n`);
      return {
        address,
        port,
        user: account.user,
        password: account.password,
        identityFile: keys,
        knownHostsFile,
        folder,
        log: () => readFileSync(join(folder, 'log'), 'utf8'),
        drop: () => {
          for (const pid of descendants(child.pid ?? 0).filter(isSshd)) kill(pid);
        },
        stop: async () => {
          await end(child);
          account.remove();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    }
    if (attempt === 4) {
      const log = existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '';
      account.remove();
      throw new Error(`sshd does not start: ${log}`);
    }
  }
}

function findSshd(): string {
  const found = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/sbin/sshd'].find(existsSync);
  if (!found) throw new Error('There is no sshd: apt-get install openssh-server');
  return found;
}

function makeKeys(folder: string, user: string): string {
  const identityFile = join(folder, 'id_ed25519');
  const make = (file: string): Buffer =>
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  make(identityFile);
  make(join(folder, 'host_ed25519'));
  const authorized = join(folder, 'authorized_keys');
  appendFileSync(authorized, readFileSync(`${identityFile}.pub`));
  chmodSync(authorized, 0o644);
  if (isRoot()) chownSync(authorized, ...ids(user));
  return identityFile;
}

const ids = (user: string): [number, number] => [
  Number(execFileSync('id', ['-u', user])),
  Number(execFileSync('id', ['-g', user])),
];

function configuration(
  folder: string,
  address: string,
  port: number,
  user: string,
  options: SshdOptions,
): string {
  return [
    ...(options.config ?? []),
    `ListenAddress ${address}`,
    `Port ${port}`,
    `HostKey ${folder}/host_ed25519`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    `PidFile ${folder}/pid`,
    `AllowUsers ${user}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'UseDNS no',
    'MaxStartups 100',
    'MaxSessions 50',
    'LogLevel VERBOSE',
    '',
  ].join('\n');
}

/** A user with a home and a sudoers file of its own. */
function makeUser(
  sudo: NonNullable<SshdOptions['sudo']>,
  options: SshdOptions,
): { user: string; password: string; remove: () => void } {
  const user = `troupe-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(8).toString('hex');
  execFileSync('useradd', ['-m', '-s', options.loginShell ?? '/bin/sh', user]);
  execFileSync('chpasswd', { input: `${user}:${password}\n` });
  const sudoers = `/etc/sudoers.d/${user}`;
  const rule = {
    nopasswd: [`${user} ALL=(ALL:ALL) NOPASSWD: ALL`],
    password: [`${user} ALL=(ALL:ALL) PASSWD: ALL`],
    none: [],
  }[sudo];
  const lines = (options.sudoers ?? []).map((line) => line.replaceAll('USER', user));
  writeFileSync(sudoers, [`Defaults:${user} !lecture, !fqdn`, ...lines, ...rule, ''].join('\n'), {
    mode: 0o440,
  });
  return {
    user,
    password,
    remove: () => {
      rmSync(sudoers, { force: true });
      try {
        execFileSync('userdel', ['-r', '-f', user], { stdio: 'ignore' });
      } catch {
        // userdel says 12 where there was no mail spool to take away.
      }
    },
  };
}

function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, address, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound ? bound.port : 0));
    });
  });
}

/** True as soon as the port answers; false where the server ended instead. */
async function answers(child: ChildProcess, address: string, port: number): Promise<boolean> {
  while (child.exitCode === null) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: address, port });
      socket.on('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => setTimeout(() => resolve(false), 20));
    });
    if (open) return true;
  }
  return false;
}

function descendants(pid: number): readonly number[] {
  const text = tryRead(`/proc/${pid}/task/${pid}/children`);
  return (text === '' ? [] : text.split(' ').map(Number)).flatMap((one) => [one, ...descendants(one)]);
}

const isSshd = (pid: number): boolean => tryRead(`/proc/${pid}/comm`) === 'sshd';

/** A file of /proc; '' where its process has ended meanwhile, as one sshd does when another is killed. */
function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Ends the server; each connection has a process of its own, which ends with its client. */
function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.on('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
