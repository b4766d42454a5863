import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { cacheFolder, shortHash } from './folders.ts';
import { accelArguments, type BootFiles } from './qemu.ts';

/**
 * KVM where it works, else emulation. That /dev/kvm exists proves nothing (nested guests hang, or QEMU aborts), so a tiny
 * guest is tried, with a time limit; the answer is remembered for this kernel.
 */
export async function accelerator(boot: BootFiles): Promise<'kvm' | 'tcg'> {
  if (!existsSync('/dev/kvm')) return 'tcg';
  const folder = join(cacheFolder(), 'accelerator');
  const file = join(folder, shortHash(readFileSync('/proc/version', 'utf8') + bootId()));
  if (existsSync(file)) return readFileSync(file, 'utf8').trim() === 'kvm' ? 'kvm' : 'tcg';
  const answer = (await guestRuns(boot)) ? 'kvm' : 'tcg';
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${answer}\n`);
  return answer;
}

/** The machine may have moved to another host since its kernel was built, not since it was started. */
const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');

async function guestRuns(boot: BootFiles): Promise<boolean> {
  const tried = await $({
    nothrow: true,
    quiet: true,
    timeout: '20s',
    timeoutSignal: 'SIGKILL',
  })`qemu-system-x86_64 ${[
    ...[
      '-machine',
      'pc',
      ...accelArguments('kvm'),
      '-m',
      '128',
      '-nodefaults',
      '-display',
      'none',
      '-no-reboot',
    ],
    ...[
      '-kernel',
      boot.kernel,
      '-initrd',
      boot.initrd,
      '-append',
      'console=ttyS0 quiet panic=-1 lab.probe',
      '-serial',
      'stdio',
    ],
  ]}`;
  return tried.stdout.includes('lab-probe-ok');
}
