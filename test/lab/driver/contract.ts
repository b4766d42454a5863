import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DriverName } from '../../../src/lab/state.ts';
import { troupe } from '../../cli/troupe.ts';
import { TestLab } from '../test-lab.ts';

const TROUPE = fileURLToPath(new URL('../../../bin/troupe', import.meta.url));
const LABS = join(process.env.XDG_STATE_HOME ?? join(process.env.HOME ?? '', '.local/state'), 'troupe/labs');

/** What every driver of the lab's machines has to do, on two machines on one wire; `undefined`: the one that is chosen. */
export function describeDriver(demanded: DriverName | undefined): void {
  const name = `pair-${demanded ?? 'chosen'}`;
  // They are of the cluster's size, so that they start from the same boot snapshot.
  const nic = (n: number) => ({ lab: { nics: [{ segment: 'lan', addresses: [`10.9.0.${n}/24`] }] } });
  const lab = new TestLab(name, ['one', 'two']);
  const run = (...args: readonly string[]) => troupe('lab', ...args, '-i', lab.inventory);
  const done = async (...args: readonly string[]) => {
    const ran = await run(...args);
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
    return ran.stdout;
  };
  const reaches = async (): Promise<boolean> =>
    (await lab.try('one', 'ping -c 1 -W 5 10.9.0.2 >/dev/null || ping -c 1 -W 5 10.9.0.2')).status === 0;

  describe(`a lab by the driver ${demanded ?? 'that is chosen'}`, () => {
    const before = process.env.TROUPE_LAB_DRIVER;
    beforeAll(async () => {
      if (demanded) process.env.TROUPE_LAB_DRIVER = demanded;
      lab.describe({ all: { vars: { lab: { memory: 384 } }, hosts: { one: nic(1), two: nic(2) } } });
      await lab.down();
    });
    afterAll(async () => {
      await lab.down();
      process.env.TROUPE_LAB_DRIVER = before;
      if (before === undefined) delete process.env.TROUPE_LAB_DRIVER;
    });

    test('comes up after its controller was killed in the middle, and its machines reach each other', async () => {
      const cut = spawn(process.execPath, [TROUPE, 'lab', 'up', '-i', lab.inventory], {
        env: process.env,
        stdio: 'ignore',
      });
      while (foldersOf(name).length === 0 && cut.exitCode === null) await new Promise(setImmediate);
      cut.kill('SIGKILL');
      await done('up');
      expect(await lab.on('one', 'hostname')).toBe('one');
      expect(await reaches()).toBe(true);
    });

    test('says what runs its machines, and why nothing quicker does', async () => {
      const [first = ''] = (await done('status', '--format', 'json')).split('\n');
      const { driver, passed_over } = JSON.parse(first);
      if (demanded) expect({ driver, passed_over }).toEqual({ driver: demanded, passed_over: [] });
      else {
        const order = ['kvm', 'uml', 'tcg'];
        const quicker = order.slice(0, order.indexOf(driver));
        expect(passed_over.map((one: { driver: string }) => one.driver)).toEqual(quicker);
        for (const { why } of passed_over) expect(why).toMatch(/\w+ \w+/);
      }
    });

    test('stays as it is when it is brought up again', async () => {
      const running = processesOf(name);
      expect(running.length).toBeGreaterThanOrEqual(2);
      await done('up');
      expect(processesOf(name)).toEqual(running);
    });

    test('lets its machines see nothing but each other', async () => {
      expect(await lab.on('one', 'ip route show default')).toBe('');
      // The neighbour's card for the way in, where it has one that can be named.
      expect((await lab.try('one', 'ping -c 1 -W 1 10.0.2.102')).status).not.toBe(0);
      const files =
        'mkdir -p /tmp/h; mount -t hostfs none /tmp/h 2>/dev/null; ls -A /tmp/h; umount /tmp/h 2>/dev/null || true';
      expect(await lab.on('one', files)).toBe('');
    });

    test('goes back to how it came up, with the right time', async () => {
      await lab.on('two', 'touch /etc/marker');
      await done('reset');
      expect(await lab.on('two', 'test -e /etc/marker && echo there || echo gone')).toBe('gone');
      const guest = Number(await lab.on('two', 'date +%s'));
      expect(Math.abs(guest - Date.now() / 1000)).toBeLessThan(60);
    });

    test('goes back to what was kept, and says where nothing was', async () => {
      await lab.on('two', 'touch /etc/kept');
      await done('keep', 'a state');
      await lab.on('two', 'rm /etc/kept; touch /etc/later');
      await done('reset', '--to', 'a state');
      expect(await lab.on('two', 'ls /etc/kept /etc/later 2>/dev/null || true')).toBe('/etc/kept');
      const nothing = await run('reset', '--to', 'another');
      expect(nothing.status).not.toBe(0);
      expect(nothing.stderr).toContain('another');
    });

    test('cuts a machine off, also over a power cut, and heals it', async () => {
      await done('cut', 'two');
      expect(await reaches()).toBe(false);
      expect(await lab.on('two', 'cat /sys/class/net/lan0/carrier')).toBe('1');
      expect((await run('status')).stdout).toMatch(/two .*cut off from lan/);
      await done('power', 'cut', 'two');
      await done('power', 'on', 'two');
      expect(await reaches()).toBe(false);
      await done('heal', '--segment', 'lan');
      expect(await reaches()).toBe(true);
    });

    test('loses what a machine sends, and heals it', async () => {
      await done('slow', 'two', '--loss', '100', '--delay', '1');
      expect(await reaches()).toBe(false);
      await done('heal', 'two');
      expect(await reaches()).toBe(true);
    });

    test('brings back just the machine that was powered off, with what it had written', async () => {
      const boot = await lab.on('two', 'cat /proc/sys/kernel/random/boot_id');
      await lab.on('one', 'echo written >/etc/marker');
      await done('power', 'off', 'one');
      const off = await run('status');
      expect(off.status).toBe(1);
      expect(off.stdout).toMatch(/one +down[\s\S]*two +up/);
      await done('up');
      expect(await lab.on('one', 'cat /etc/marker')).toBe('written');
      expect(await lab.on('two', 'cat /proc/sys/kernel/random/boot_id')).toBe(boot);
    });

    test('has a machine back that reboots by its own command', async () => {
      await lab.reboot('one');
      expect(await reaches()).toBe(true);
    });

    test('tells of a machine that does not come up with the end of its console', async () => {
      await lab.on('one', 'mv /lib/systemd/systemd /lib/systemd/away; sync');
      await done('power', 'cut', 'one');
      const up = await run('up');
      expect(up.status).not.toBe(0);
      expect(up.stderr).toContain('The machine one did not come up');
      expect(up.stderr).toMatch(/\| .*Kernel panic/);
      expect(up.stderr).not.toMatch(/\n\s+at /);
    });

    test('names what is wrong with what it is asked for', async () => {
      for (const [words, args] of [
        ['has no machine "three"', ['cut', 'three']],
        ['has no segment "wan"', ['heal', '--segment', 'wan']],
        ['wants to know whom', ['cut']],
        ['wants to know how slow', ['slow', 'one']],
        ['is no state of a machine', ['power', 'down', 'one']],
      ] as const) {
        const ran = await run(...args);
        expect(ran.stderr).toContain(words);
        expect(ran.stderr).toContain('help: ');
        expect(ran.status).not.toBe(0);
      }
    });

    test('gives machines one disk to share, which a reset empties', async () => {
      const disks = [16, { size: 16, shared: 'both' }];
      lab.describe({ all: { vars: { lab: { memory: 384, disks } }, hosts: { one: nic(1), two: nic(2) } } });
      await done('up');
      const [own, shared] = ['/dev/disk/by-id/virtio-disk1', '/dev/disk/by-id/virtio-disk2'];
      for (const disk of [own, shared])
        await lab.on('one', `echo one wrote | dd of=${disk} conv=sync oflag=direct bs=4096 2>/dev/null`);
      const read = (disk: string) =>
        lab.on('two', `dd if=${disk} iflag=direct bs=4096 count=1 2>/dev/null | tr -d '\\0'`);
      expect(await read(shared)).toBe('one wrote');
      expect(await read(own)).toBe('');
      expect((await run('keep', 'it')).stderr).toContain('machines that share one cannot be kept');
      await done('reset');
      expect(await read(shared)).toBe('');
    });

    test('is gone without a process or a file', async () => {
      await done('down');
      expect(processesOf(name)).toEqual([]);
      expect(foldersOf(name)).toEqual([]);
      await done('down');
      const status = await run('status');
      expect(status.status).toBe(1);
      expect(status.stdout).toMatch(/one +down[\s\S]*two +down/);
    });
  });
}

const foldersOf = (name: string): readonly string[] =>
  existsSync(LABS) ? readdirSync(LABS).filter((each) => each.startsWith(`lab-${name}-`)) : [];

/** Processes that name the lab's folder, but for those that only ask. */
export function processesOf(name: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return line.includes(`/labs/lab-${name}-`);
    } catch {
      return false;
    }
  });
}
