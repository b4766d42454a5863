import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx/core';
import { cacheFolder, shortHash } from './folders.ts';
import { accelArguments } from './qemu.ts';
import type { Accelerator } from './state.ts';

/**
 * KVM where it works, else emulation. That /dev/kvm exists proves nothing (nested guests hang, or QEMU aborts), so a tiny
 * guest is tried, with a time limit; the answer is remembered until this machine is started anew.
 */
export async function accelerator(image: string): Promise<Accelerator> {
  if (!existsSync('/dev/kvm')) return 'tcg';
  const folder = join(cacheFolder(), 'accelerator');
  const since = ['/proc/version', '/proc/sys/kernel/random/boot_id'].map((file) =>
    readFileSync(file, 'utf8'),
  );
  const file = join(folder, shortHash([...since, process.getuid?.()].join()));
  if (existsSync(file)) return readFileSync(file, 'utf8').trim() === 'kvm' ? 'kvm' : 'tcg';
  const answer = (await guestRuns(image)) ? 'kvm' : 'tcg';
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${answer}\n`);
  return answer;
}

/** The image's initrd says so and powers off when the kernel's command line has `lab.probe`. */
async function guestRuns(image: string): Promise<boolean> {
  const tiny = [
    ...['-machine', 'pc', ...accelArguments('kvm'), '-m', '128', '-nodefaults', '-display', 'none'],
    ...['-no-reboot', '-serial', 'stdio', '-kernel', join(image, 'vmlinuz')],
    ...['-initrd', join(image, 'initrd.img'), '-append', 'console=ttyS0 quiet panic=-1 lab.probe'],
  ];
  const limits = { timeout: '20s', timeoutSignal: 'SIGKILL' } as const;
  const tried = await $({ nothrow: true, quiet: true, ...limits })`qemu-system-x86_64 ${tiny}`;
  return tried.stdout.includes('lab-probe-ok');
}
