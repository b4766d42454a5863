import type { Answer, Probe, StatFound } from '../model/probe.ts';
import { absenceOf } from '../shell/overlay-absence.ts';

const DIRECTORY: StatFound = {
  exists: true,
  type: 'directory',
  mode: 0o755,
  uid: 0,
  gid: 0,
  owner: 'root',
  group: 'root',
  size: 4096,
  mtime: 0,
};

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const BARE_DIRECTORIES = words(`
  / /boot /dev /home /media /mnt /opt /proc /root /run /srv /sys /tmp /usr /usr/bin /usr/lib
  /usr/lib/systemd /usr/lib/systemd/system /usr/local /usr/local/bin /usr/local/sbin /usr/sbin /usr/share
  /var /var/cache /var/lib /var/lib/troupe /var/log /var/tmp /etc /etc/default /etc/modprobe.d
  /etc/modules-load.d /etc/network /etc/apt /etc/network/interfaces.d /etc/sysctl.d /etc/systemd
  /etc/systemd/network /etc/systemd/system /etc/systemd/system/multi-user.target.wants
`);

const BARE_LINKS: Readonly<Record<string, string>> = {
  '/bin': 'usr/bin',
  '/lib': 'usr/lib',
  '/sbin': 'usr/sbin',
  '/var/run': '/run',
};

const BARE_PROGRAMS = words(`
  apt-get apt-cache awk cat chmod chown cp dpkg dpkg-query env grep ip ln ls modprobe mount mv rm sed sh
  sha256sum stat sysctl systemctl true
`);

/** Some of the users and groups of base-passwd. */
const BARE_ACCOUNTS = words(`
  root daemon mail www-data backup nobody nogroup adm staff
`);

/** What a bare Debian answers. */
export function bareAnswer(probe: Probe): Answer {
  if (probe.kind === 'stat' && BARE_DIRECTORIES.has(probe.path)) return DIRECTORY;
  const target = probe.kind === 'stat' ? BARE_LINKS[probe.path] : undefined;
  if (probe.kind === 'stat' && target !== undefined)
    return probe.follow ? DIRECTORY : { ...DIRECTORY, type: 'link', mode: 0o777, target };
  if (probe.kind === 'program' && BARE_PROGRAMS.has(probe.name)) return { path: `/usr/bin/${probe.name}` };
  if (probe.kind === 'account' && BARE_ACCOUNTS.has(probe.name)) return { id: 33 };
  return absenceOf(probe);
}
