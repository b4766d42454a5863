/** Directories below which things may be removed, but not they themselves. */
const KEPT = new Set(
  [
    '/ /bin /boot /dev /etc /home /lib /lib32 /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /var',
    '/usr/bin /usr/lib /usr/lib64 /usr/local /usr/sbin /usr/share /usr/libexec /usr/include',
    '/etc/ssh /etc/systemd /etc/apt /etc/pam.d /etc/sudoers.d',
    '/var/lib /var/lib/dpkg /var/lib/rpm /var/log /var/cache /var/spool /var/tmp /var/lib/troupe',
  ]
    .join(' ')
    .split(' '),
);

/** Why a path must not be removed; undefined where it may. Looks at the text only. */
export function refuseToRemove(path: string): string | undefined {
  if (!path.startsWith('/')) return `'${path}' is not an absolute path: not removed`;
  if (/\/\.\.?(\/|$)/.test(path)) return `${path} has . or .. in it: not removed`;
  const plain = path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  if (KEPT.has(plain) || /^\/(proc|sys|dev)(\/|$)/.test(plain))
    return `${plain} belongs to the system: not removed`;
  return undefined;
}
