import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { play, troupe } from '../cli/troupe.ts';
import { type CountingServer, startCountingServer } from '../sshd/counting-server.ts';
import { temporaryFolder } from '../temporary.ts';

jest.setTimeout(30_000);

const BIN = new URL('../../bin/troupe', import.meta.url).pathname;
let server: CountingServer;
let folder = '';
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = temporaryFolder('costs');
  server = await startCountingServer();
  const { address, port, user, identityFile, knownHostsFile } = server;
  const vars = { address, port, user, identity_file: identityFile, known_hosts_file: knownHostsFile };
  writeFileSync(at('ssh.yml'), JSON.stringify({ all: { hosts: { web1: vars } } }));
  const local = Object.fromEntries(Array.from({ length: 20 }, (_, one) => [`web${one}`, {}]));
  writeFileSync(at('local.yml'), JSON.stringify({ all: { hosts: local, vars: { connection: 'local' } } }));
});
afterEach(() => server.stop());

/** A playbook of two plays that find what they want, or not. */
function site(tasks: number, there: boolean, become = true): void {
  const list = Array.from({ length: tasks }, (_, one) => {
    const path = at(`dir${one}`);
    if (there) mkdirSync(path, { mode: 0o755 });
    return { name: `directory ${one}`, file: { path, state: 'directory', mode: '0755' } };
  });
  const half = list.length / 2;
  writeFileSync(
    at('site.yml'),
    JSON.stringify([
      { hosts: 'all', tasks: list.slice(0, half) },
      { hosts: 'all', become, tasks: list.slice(half) },
    ]),
  );
}

test('A whole run has one connection a host, and one channel a user', async () => {
  site(60, true);
  const ran = await play('plan', at('site.yml'), '-i', at('ssh.yml'));
  expect([ran.failures, ran.status]).toEqual([[], 0]);
  expect(ran.recap?.hosts.web1?.ok).toBe(60);
  expect(server.counts.connections).toBe(1);
  expect(server.counts.commands).toHaveLength(2);
  expect(server.counts.commands.filter((command) => command.includes('sudo'))).toHaveLength(1);
});

test('A key signs at once: the server is not asked first whether it would do', async () => {
  site(2, true, false);
  const ran = await play('plan', at('site.yml'), '-i', at('ssh.yml'));
  expect(ran.recap?.hosts.web1?.ok).toBe(2);
  expect(server.counts.logins).toEqual(['signed']);
});

test('Two unchanged plays are four pieces of data: loop and handshake, the questions of each, good-bye', async () => {
  site(60, true, false);
  const ran = await play('plan', at('site.yml'), '-i', at('ssh.yml'));
  expect(ran.recap?.hosts.web1?.ok).toBe(60);
  expect(server.counts.pieces).toBe(4);
});

describe('Output that goes to a pipe', () => {
  /** A plan of twenty hosts; a second, which is more than a pipe holds, is told of each task. */
  const plan = (stdio: 'pipe' | 'ignore' = 'pipe') =>
    spawn(process.execPath, [BIN, 'plan', at('site.yml'), '-i', at('local.yml'), '--format', 'json'], {
      stdio: ['ignore', stdio, 'pipe'],
    });
  const ended = (child: ReturnType<typeof plan>): Promise<number | null> =>
    new Promise((resolve) => child.on('close', resolve));

  test('ends quietly where the reader goes away', async () => {
    site(20, false);
    const child = plan();
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.stdout?.once('data', () => child.stdout?.destroy());
    await ended(child);
    expect(said).toBe('');
  });

  test('is whole where the reader comes late, and ends with the recap', async () => {
    site(60, false);
    const child = plan();
    const status = ended(child);
    child.stdout?.pause();
    // The run is over long before its output is: only then does anybody read.
    await new Promise<void>((resolve) => child.stdout?.once('readable', resolve));
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    expect(await status).toBe(2);
    const events = text.trimEnd().split('\n');
    expect(events.filter((line) => line.includes('"task_finished"'))).toHaveLength(20 * 60);
    expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({ event: 'recap', exit: 2 });
  });
});

test('What a run writes is the same whoever reads it', async () => {
  site(20, false);
  const args = ['plan', at('site.yml'), '-i', at('local.yml'), '--format', 'plain'];
  const ran = await troupe(...args);
  expect(ran.stdout.match(/directory \d+/g)).toHaveLength(20);
  expect(ran.stdout).toMatch(/to change on 20 hosts\.\n$/);
});
