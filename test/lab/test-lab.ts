import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { ValueMap } from '../../src/model/value.ts';
import { play, troupe } from '../cli/troupe.ts';
import { convergeBare, convergeWith } from './converge.ts';

/**
 * A lab that a test has for itself. Its path stays the same, so that a run that was cut off leaves a lab which the next one
 * takes over.
 */
export class TestLab {
  readonly inventory: string;
  readonly #folder: string;
  readonly #machines: readonly string[];

  constructor(name: string, machines: readonly string[]) {
    this.#folder = join(tmpdir(), `troupe-${name}-test`);
    this.inventory = join(this.#folder, `lab-${name}.yml`);
    this.#machines = machines;
  }

  /** Writes the inventory as an operator would edit it. JSON is YAML. */
  describe(inventory: ValueMap): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.inventory, JSON.stringify(inventory, undefined, 2));
  }

  async up(): Promise<void> {
    await this.down();
    const up = await troupe('lab', 'up', '-i', this.inventory);
    if (up.status !== 0) throw new Error(up.stderr + up.stdout);
  }

  async down(): Promise<void> {
    await troupe('lab', 'down', '-i', this.inventory);
  }

  /** Every machine as it first came up. */
  async reset(): Promise<void> {
    const { status, stderr } = await troupe('lab', 'reset', '-i', this.inventory);
    if (status !== 0) throw new Error(stderr);
  }

  run(verb: 'plan' | 'apply', playbook: string, ...more: readonly string[]) {
    return play(verb, `playbooks/${playbook}.yml`, '-i', this.inventory, ...more);
  }

  /** Plans, applies and plans again, as `convergeWith` does; what was applied. */
  async converge(playbook: string, ...more: readonly string[]) {
    return (await convergeWith(this.inventory, playbook, ...more)).applied;
  }

  /** The same from bare machines, on which the plan must write nothing; `look` is called after the plan. */
  async convergeBare(playbook: string, look: () => Promise<void> = async () => {}) {
    await this.noteTime();
    return convergeBare(this.inventory, playbook, async () => {
      expect(await this.writtenSince()).toEqual([]);
      await look();
    });
  }

  /** Runs a shell command as root on a machine; its output, trimmed. */
  async on(host: string, command: string): Promise<string> {
    const ran = await this.try(host, command);
    if (ran.status !== 0) throw new Error(`${host}: ${command}: ${ran.status}: ${ran.stderr}${ran.stdout}`);
    return ran.stdout.trim();
  }

  /** The same where it may fail. */
  try(host: string, command: string) {
    const quoted = `sudo sh -c '${command.replaceAll("'", "'\\''")}'`;
    return troupe('lab', 'ssh', '-i', this.inventory, host, '--', quoted);
  }

  /** What a command prints on each machine. */
  onEach(command: string) {
    return Promise.all(this.#machines.map(async (host) => [host, await this.on(host, command)] as const));
  }

  /** Notes the time on each machine, for `writtenSince`. */
  async noteTime(): Promise<void> {
    await this.onEach('touch /run/since');
  }

  /**
   * Files changed on any machine since then, but for what logging in writes by itself: the journal and logs of sshd, sudo and
   * PAM (which makes the message of the day), sudo's own timestamps, the session and the user's manager that systemd-logind
   * keeps in /run, udev's queue, and what timers leave: apt's daily ones, and the credentials that systemd hands to what it
   * starts, as to the one that cleans up a quarter of an hour after the boot.
   */
  async writtenSince(): Promise<readonly string[]> {
    const own = [
      ...['/var/log*', '/run/log*', '/run/sudo*', '/run/systemd*', '/run/user*', '/run/utmp'],
      ...['/run/motd.dynamic', '/run/since', '/run', '/run/udev*', '/var/lib/systemd/*', '/run/credentials*'],
    ];
    const tests = own.map((path) => `! -path "${path}"`).join(' ');
    const found = await this.onEach(`find / /run /tmp /dev/shm -xdev -cnewer /run/since ${tests} -print`);
    return found.filter(([, paths]) => paths !== '').map((one) => one.join(': '));
  }

  /** Reboots a machine, and waits until another boot is over: sshd is up long before the last service. */
  async reboot(host: string): Promise<void> {
    const before = await this.on(host, 'cat /proc/sys/kernel/random/boot_id');
    await this.on(host, '(sleep 1; reboot) >/dev/null 2>&1 &');
    for (;;) {
      const now = await this.try(host, 'cat /proc/sys/kernel/random/boot_id');
      if (now.status === 0 && now.stdout.trim() !== before) break;
    }
    await this.try(host, 'systemctl is-system-running --wait');
  }
}
