/** A word or number that a parameter may be given. */
export type Word = string | number;

const UNIT = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';

const PATHS = [
  ...['/srv', '/srv/a', '/srv/a/b', '/srv/a/b/c', '/srv/a/', '/srv/a/../d', '/srv/l', '/srv/l/b', '/srv/l/n'],
  ...['/etc/hosts', '/etc/nginx/nginx.conf', '/etc/nginx/conf.d/x.conf', '/etc/lighttpd/x.conf'],
  ...['/etc/systemd/system/mine.service', '/etc/systemd/system', '/var/run/x', '/run/x', '/usr/sbin/nginx'],
  ...['/etc/sysctl.d/99-troupe-net.ipv4.ip_forward.conf', '/etc/modules-load.d/troupe-ip_vs.conf'],
];
const LINES = ['a', 'b=1', 'net.ipv4.ip_forward = 1', '10.0.0.11 web1', '', 0];
const EXPRESSIONS = ['^a', '^b=', '.', '^$', 'EOF', 'BOF', '^(\\w+)'];
const ADDRESSES = ['10.0.0.11', '10.0.0.12', '2001:db8::11', '192.0.2.10'];
const ASKED = ['test -e /srv/a/b', 'test -e /run/x'];
const MODES = ['0644', '0600', '755', '0000', 'u+x', 'go=', 'a=rX'];
const TARGET = 'iqn.2026-01.com.example:d0';
const ACCOUNTS = ['root', 'www-data', 0, 33];

/** Few words for each parameter, so that tasks meet: by `module.parameter`, or by the parameter alone. */
const WORDS: Readonly<Record<string, readonly Word[]>> = {
  ...{ path: PATHS, dest: PATHS, creates: PATHS, removes: PATHS, chdir: ['/', '/srv/a'] },
  ...{ mode: MODES, owner: ACCOUNTS, group: ACCOUNTS, validate: ['check %s'] },
  'file.src': ['a', '/srv/a', 'b', '../../srv/a/b', '/srv/none', 'l'],
  'copy.src': ['page.txt', 'mine.service'],
  'fetch.src': PATHS,
  'template.src': ['page.txt.hbs', 'mine.service.hbs'],
  content: ['', 'a\n', 'a', 'b=2\r\na\r\n', '10.0.0.11 web1 # mine\n', UNIT, 0],
  ...{ line: LINES, regexp: EXPRESSIONS, insertafter: EXPRESSIONS, insertbefore: EXPRESSIONS },
  'package.name': ['nginx', 'lighttpd', 'ipvsadm', 'keepalived'],
  ...{
    units: ['lighttpd.service', 'mine.service'],
    programs: ['lighttpd'],
    paths: ['/etc/lighttpd/', '/srv/a'],
  },
  'service.name': ['nginx', 'mine', 'mine.service', 'lighttpd', 'cron', 'keepalived', 'ipvsadm', 'nowhere'],
  'sysctl.name': [
    'net.ipv4.ip_forward',
    'net/ipv4/ip_forward',
    'net.ipv4.vs.conntrack',
    'net.ipv4.conf.tunl0.rp_filter',
  ],
  'sysctl.value': ['0', '1', ' 1\t2', 0, 1],
  sysctl_file: ['/etc/sysctl.d/99-troupe-net.ipv4.ip_forward.conf', '/srv/a/b', '/srv/a/', '/srv/none/x'],
  'modprobe.name': ['ip_vs', 'ipip', 'dummy', 'ip-vs'],
  'modprobe.params': ['', 'numdummies=2'],
  'hosts_entry.names': ['web1', 'web2'],
  address: ADDRESSES,
  'ip_address.address': ['192.0.2.10/32', '10.0.0.5/24', '2001:db8::10'],
  ...{
    via: ADDRESSES,
    source: ADDRESSES,
    device: ['lan0', 'lo', 'tunl0'],
    to: ['10.20.0.0/24', '2001:db8:1::/64'],
  },
  ...{ label: ['lo:vip', 'lan0'], persistence_netmask: ['255.255.255.0', '64'] },
  ...{ cmd: ['make it', 'make that'], argv: ['make', 'it'], executable: ['/bin/sh'], stdin: ['', 'a'] },
  ...{ target: [TARGET], portals: ['10.0.0.5', '10.0.0.5:3261'], user: ['u'], password: ['p'] },
  'iscsi_initiator_name.name': ['iqn.2026-01.com.example:web1', 'iqn.2026-01.com.example:web2'],
  'filesystem.dev': [`/dev/disk/by-path/ip-10.0.0.5:3260-iscsi-${TARGET}-lun-0`, '/dev/vdb'],
  ...{ uuid: ['0c4cf4a0-8a2c-4f0d-9d54-6f2f3b0a7c11'], 'filesystem.label': ['data'], opts: ['-q'] },
  ...{ unless: ASKED, onlyif: ASKED },
  'mount.path': ['/srv/a', '/srv/l', '/mnt/www', '/etc/hosts'],
  ...{
    'mount.src': ['nfs1:/srv/www', 'UUID=1', 'tmpfs'],
    'mount.fstype': ['nfs', 'ext4', 'tmpfs', 'auto'],
    'mount.opts': ['defaults', 'vers=4.2,_netdev,nofail', 'ro', 'ro,vers=4.1,soft'],
  },
  ...{ entity: ['www-data', 0, 65_534, 'nobody-here'], permissions: ['rwx', 'r', ''] },
  ...{ host: ['10.0.0.0/24', '*'], options: ['rw', 'async', 'crossmnt'], 'nfs_export.name': ['web'] },
  'nfs_export.path': ['/srv', '/srv/a', '/srv/l'],
  'acl.mode': ['0755', '700', '000'],
  ...{
    'iscsi_target.iqn': ['iqn.2026-01.org.example:a', 'iqn.2026-01.org.example:b'],
    'iscsi_target.path': ['/srv/a/d0', '/srv/l/d1', '/srv/none/d0', '/srv/a/b'],
    'iscsi_target.name': ['d0', 'd1'],
    size: ['64M', '1G'],
    initiator: ['iqn.2026-01.org.example:web1', 'iqn.2026-01.org.example:web2'],
    ...{ mutual_user: ['san1'], mutual_password: ['another-secret'] },
  },
};

/** Words for a parameter; any word where it has none of its own: what the module refuses is left out later. */
export const wordsFor = (module: string, param: string): readonly Word[] =>
  WORDS[`${ALIASES[module] ?? module}.${param}`] ?? WORDS[param] ?? Object.values(WORDS).flat();

const ALIASES: Readonly<Record<string, string>> = { apt: 'package', dnf: 'package', systemd: 'service' };

/** Files beside the playbook that the words above name. */
export const SOURCES = {
  'files/page.txt': 'a\n',
  'files/mine.service': UNIT,
  'templates/page.txt.hbs': 'b=1\n',
  'templates/mine.service.hbs': UNIT,
};
