import { setTimeout as pause } from 'node:timers/promises';
import { trouble } from '../diagnostics/trouble.ts';
import type { LabSpec } from '../model/lab.ts';
import { inGuest } from './guest.ts';
import { onEach } from './on-each.ts';
import type { LabOptions } from './progress.ts';
import { stopMachine } from './stop-machine.ts';
import { wakeFromDisk } from './wake.ts';
import { guestOf, isRunning } from './waking.ts';

/** `off`: as by its own command; `cut`: from one moment to the next; `on`: it boots from its disks. */
export const POWER = ['on', 'off', 'cut'] as const;
export type Power = (typeof POWER)[number];

/** Longest that a machine may take to power off, in ms. */
const LIMIT_MS = 180_000;

/** Switches machines of a lab on or off, or cuts their power; those that are so already stay as they are. */
export async function labPower(
  spec: LabSpec,
  power: Power,
  names: readonly string[],
  options: LabOptions,
): Promise<void> {
  await onEach(
    spec,
    options,
    async (driver, waking) => {
      const { name } = waking.machine;
      const say = (detail: string) => options.onProgress({ machine: name, phase: 'changed', detail });
      if (isRunning(waking) === (power === 'on'))
        return say(power === 'on' ? 'is on already' : 'is off already');
      if (power === 'on') {
        await wakeFromDisk(driver, waking);
        return say('is on');
      }
      if (power === 'off') {
        await inGuest(guestOf(waking), () => 'nohup systemctl poweroff >/dev/null 2>&1 &\n');
        const deadline = Date.now() + LIMIT_MS;
        while (isRunning(waking)) {
          if (Date.now() > deadline) throw notOff(name);
          await pause(100);
        }
      }
      await stopMachine(waking.folder, name);
      say(power === 'off' ? 'is off' : 'its power is cut');
    },
    names.length > 0 ? names : undefined,
  );
}

const notOff = (host: string) =>
  trouble('lab-machine-not-off', `${host} did not power off within ${LIMIT_MS / 1000} s.`, {
    help: `Cut its power: troupe lab power cut ${host}`,
    host,
  });
