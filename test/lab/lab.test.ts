import { execFile, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { troupe } from '../cli/troupe.ts';

// Two machines on one wire. They are of the cluster's size, so that they start from the same boot snapshot.
const folder = mkdtempSync(join(tmpdir(), 'troupe-lab-test-'));
const INVENTORY = join(folder, 'pair.yml');
const MACHINES = ['one', 'two'];
const TROUPE = fileURLToPath(new URL('../../bin/troupe', import.meta.url));

function describeLab(): void {
  const nic = (n: number) => ({ lab: { nics: [{ segment: 'lan', addresses: [`10.9.0.${n}/24`] }] } });
  writeFileSync(
    INVENTORY,
    JSON.stringify({
      all: { vars: { lab: { memory: 384, image: 'base' } }, hosts: { one: nic(1), two: nic(2) } },
    }),
  );
}

const lab = (...args: readonly string[]) => troupe('lab', ...args, '-i', INVENTORY);
const on = async (host: string, command: string): Promise<string> => {
  const ran = await troupe('lab', 'ssh', '-i', INVENTORY, host, '--', command);
  if (ran.status !== 0) throw new Error(`${host}: ${command}: ${ran.stderr}${ran.stdout}`);
  return ran.stdout.trim();
};

/** Process ids of QEMUs that hold a file of our lab. */
const processes = (): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return line.includes('qemu-system') && line.includes('/pair-');
    } catch {
      return false;
    }
  });
const LABS = join(process.env.XDG_STATE_HOME ?? join(process.env.HOME ?? '', '.local/state'), 'troupe/labs');
const state = (): readonly string[] =>
  existsSync(LABS) ? readdirSync(LABS).filter((name) => name.startsWith('pair-')) : [];

async function powerOff(host: string): Promise<void> {
  await on(host, '(sleep 0; sudo systemctl poweroff) >/dev/null 2>&1 &');
  while ((await lab('status')).status === 0);
}

describe('a lab', () => {
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    describeLab();
    await lab('down');
  });
  afterAll(async () => {
    await lab('down');
    rmSync(folder, { recursive: true });
  });

  test('comes up after its controller was killed in the middle, and its machines reach each other', async () => {
    const cut = spawn(process.execPath, [TROUPE, 'lab', 'up', '-i', INVENTORY], { stdio: 'ignore' });
    while (state().length === 0 && cut.exitCode === null) await new Promise(setImmediate);
    cut.kill('SIGKILL');
    const up = await lab('up');
    expect(up.stderr + up.stdout).not.toContain('error');
    expect(up.status).toBe(0);
    expect(await on('one', 'hostname')).toBe('one');
    await on('one', 'ping -c 1 -W 5 10.9.0.2');
  }, 600_000);

  test('stays as it is when it is brought up again', async () => {
    const before = processes();
    expect(before).toHaveLength(2);
    expect((await lab('up')).status).toBe(0);
    expect(processes()).toEqual(before);
    expect((await lab('status')).status).toBe(0);
  });

  test('goes back to how it came up, with the right time', async () => {
    await on('two', 'sudo touch /etc/marker');
    expect((await lab('reset')).status).toBe(0);
    expect(await on('two', 'test -e /etc/marker && echo there || echo gone')).toBe('gone');
    const guest = Number(await on('two', 'date +%s'));
    expect(Math.abs(guest - Date.now() / 1000)).toBeLessThan(60);
    expect((await lab('status')).stdout).toMatch(/one +up[\s\S]*two +up/);
  });

  test('brings back just the machine that was lost', async () => {
    await powerOff('one');
    expect((await lab('up')).status).toBe(0);
    expect(await on('one', 'hostname')).toBe('one');
  }, 600_000);

  test('tells of a machine that does not come up with the end of its console', async () => {
    await powerOff('one');
    const disk = join(LABS, state()[0] ?? '', 'one-disk0.qcow2');
    await promisify(execFile)('qemu-io', ['-c', 'write -P 0 0 1M', disk]);
    const up = await lab('up');
    expect(up.status).not.toBe(0);
    expect(up.stderr).toContain('The machine one did not come up');
    expect(up.stderr).toMatch(/\| .*Kernel panic/);
    expect(up.stderr).not.toMatch(/\n\s+at /);
  }, 600_000);

  test('is gone without a process or a file', async () => {
    expect((await lab('down')).status).toBe(0);
    expect(processes()).toEqual([]);
    expect(state()).toEqual([]);
    expect((await lab('down')).status).toBe(0);
    const status = await lab('status');
    expect(status.status).toBe(1);
    for (const name of MACHINES) expect(status.stdout).toMatch(new RegExp(`${name} +down`));
  });
});
