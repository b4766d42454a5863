import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, which } from 'zx/core';
import { Trouble } from '../../diagnostics/trouble.ts';
import type { LabOptions } from '../progress.ts';
import { remembered } from '../remembered.ts';
import { type UmlKernel, umlKernel } from './kernel.ts';
import { UNSHARE } from './network.ts';
import { tinyGuest } from './tiny-guest.ts';

/** Programs that running machines takes, and the Debian package of each. */
const PACKAGES = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  taskset: 'util-linux',
  ip: 'iproute2',
  bridge: 'iproute2',
};

export const PROGRAMS: readonly string[] = Object.keys(PACKAGES);

const TUN = '/dev/net/tun';

/**
 * Why User-Mode Linux cannot be used here; undefined where it can. What an administrator may have closed is tried each time,
 * the kernel by a tiny guest once.
 */
export async function umlUnusable(options: LabOptions, scripts: string): Promise<string | undefined> {
  if (process.arch !== 'x64') return `Debian has its kernel for x86-64 only, and this is ${process.arch}`;
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  for (const [program, name] of Object.entries(PACKAGES))
    if (!(await which(program, { nothrow: true, path })))
      return `${program} is not installed (Debian package ${name})`;
  if (!existsSync(TUN)) return `${TUN} is missing (modprobe tun; a container has to be given the device)`;
  const network = await networkUnusable(scripts);
  if (network) return network;
  try {
    const kernel = await umlKernel(options);
    return await remembered(`uml ${kernel.key}`, () => guestUnusable(kernel));
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return error.diagnostics.map(({ summary }) => summary.replace(/\.$/, '')).join('; ');
  }
}

/** What each step of network.sh needs, and how it comes about that it is not there. */
const STEPS: Readonly<Record<string, string>> = {
  memory: 'a file system in memory cannot be mounted in a namespace of this user',
  network: 'a network of its own cannot be set up in a namespace of this user',
  bridge: 'this kernel makes no bridges (modprobe bridge)',
  tap: `this user may not open ${TUN} (chmod 666 ${TUN}, as udev has it)`,
  isolated: 'this kernel cannot keep the ports of a bridge apart',
};

async function networkUnusable(scripts: string): Promise<string | undefined> {
  const tried = await $({
    nothrow: true,
    quiet: true,
  })`${[...UNSHARE, 'sh', join(scripts, 'network.sh'), 'probe']}`;
  if (tried.exitCode === 0) return undefined;
  const lines = tried.stderr.trim().split('\n');
  const step = lines.findLast((line) => line.startsWith('step: '))?.slice('step: '.length);
  const words = lines.filter((line) => !line.startsWith('step: ')).at(-1) ?? `status ${tried.exitCode}`;
  const closed = closedBy();
  if (closed && (step === undefined || step === 'memory' || step === 'network')) return closed;
  if (step === undefined) return `this user may not make namespaces, as in a container (${words})`;
  return `${STEPS[step] ?? step} (${words})`;
}

/** A rule by which an administrator or a distribution keeps users from making namespaces. */
function closedBy(): string | undefined {
  const setting = (name: string): string => {
    const file = join('/proc/sys', name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  };
  if (setting('user/max_user_namespaces') === '0')
    return 'user namespaces are switched off (sysctl user.max_user_namespaces=0)';
  if (setting('kernel/unprivileged_userns_clone') === '0')
    return 'user namespaces are for root only (sysctl kernel.unprivileged_userns_clone=0)';
  if (setting('kernel/apparmor_restrict_unprivileged_userns') === '1')
    return 'AppArmor keeps users from working in their namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=1)';
  return undefined;
}

/** Boots a guest that says one word. */
async function guestUnusable({ program, title }: UmlKernel): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-uml-'));
  try {
    const archive = join(folder, 'initramfs');
    writeFileSync(archive, tinyGuest('lab-probe-ok'));
    const limits = { timeout: '20s', timeoutSignal: 'SIGKILL' } as const;
    const own = 'mount -t tmpfs -o mode=0700 probe /dev/shm && exec "$@"';
    const command = [program, 'mem=64M', `initrd=${archive}`, 'uml_dir=/dev/shm/', 'umid=probe'];
    const tried = await $({
      nothrow: true,
      quiet: true,
      ...limits,
      env: { ...process.env, TMPDIR: '/dev/shm' },
    })`${[
      ...[...UNSHARE, 'sh', '-c', own, 'sh', ...command],
      ...['con=null', 'con0=null,fd:1', 'console=tty0', 'quiet', 'panic=-1'],
    ]}`;
    const said = `${tried.stdout}${tried.stderr}`;
    if (said.includes('lab-probe-ok')) return undefined;
    const last = said
      .trim()
      .split(/\r?\n/)
      .find((line) => /fail|panic|error|not |cannot/i.test(line));
    return `a guest does not run by ${title}${last ? ` (${last.trim()})` : ''}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
