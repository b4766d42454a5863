import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { $, which } from 'zx/core';
import { image } from '../image.ts';
import type { LabOptions } from '../progress.ts';
import { remembered } from '../remembered.ts';
import { accelArguments } from './process.ts';

/**
 * Why KVM cannot be used; undefined where it can. That /dev/kvm exists proves nothing (nested guests hang, or QEMU aborts),
 * so a tiny guest is tried, with a time limit.
 */
export async function kvmUnusable(options: LabOptions): Promise<string | undefined> {
  if (!existsSync('/dev/kvm')) return 'there is no /dev/kvm';
  if (!/^flags\b.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8')))
    return 'the processor shows no support for virtual machines (vmx or svm)';
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return 'this user may not open /dev/kvm (add it to the group kvm)';
  }
  if (!(await which('qemu-system-x86_64', { nothrow: true })))
    return 'QEMU is not installed (Debian package qemu-system-x86)';
  const folder = await image('base', { key: 'qemu', modules: 'qemu' }, options);
  return remembered('kvm', async () =>
    (await guestRuns(folder)) ? undefined : 'a guest does not run by it',
  );
}

/** The image's initrd says so and powers off when the kernel's command line has `lab.probe`. */
async function guestRuns(folder: string): Promise<boolean> {
  const tiny = [
    ...['-machine', 'pc', ...accelArguments('kvm'), '-m', '128', '-nodefaults', '-display', 'none'],
    ...['-no-reboot', '-serial', 'stdio', '-kernel', join(folder, 'vmlinuz')],
    ...['-initrd', join(folder, 'initrd.img'), '-append', 'console=ttyS0 quiet panic=-1 lab.probe'],
  ];
  const limits = { timeout: '20s', timeoutSignal: 'SIGKILL' } as const;
  const tried = await $({ nothrow: true, quiet: true, ...limits })`qemu-system-x86_64 ${tiny}`;
  return tried.stdout.includes('lab-probe-ok');
}
