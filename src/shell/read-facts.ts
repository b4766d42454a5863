import type { Facts, InterfaceFacts } from '../model/facts.ts';
import type { FrameOutput } from './frame-output.ts';

/** Facts from the greeting of a shell; `login` is who logged in. */
export function readFacts(frame: FrameOutput, login: string): Facts {
  const value = (key: string): string => frame.values.get(key) ?? '';
  const text = (key: string): string => frame.sections.get(key)?.text().trim() ?? '';
  const has = (name: string): boolean => frame.values.has(`has:${name}`);
  // The order is uname's own.
  const [hostname = '', kernel = '', arch = ''] = (value('uname') || text('uname')).split(' ');
  const uid = readUid(frame);
  // Behind sudo, who logged in is in the environment.
  const loginUid = value('login');
  const interfaces = readInterfaces(frame);
  const [device = '', gateway = ''] = value('route').split(' ');
  return {
    hostname,
    os: {
      family: family(value('os.id'), value('os.like')),
      id: value('os.id'),
      version: value('os.version'),
      codename: value('os.codename'),
      name: value('os.name'),
    },
    kernel,
    arch,
    memory_mib: Math.floor(Number(value('memory') || 0) / 1024),
    cpus: countOf(value('online')) || Number(text('cpus')) || 1,
    package_manager: has('apt-get') ? 'apt' : has('dnf') ? 'dnf' : has('yum') ? 'yum' : 'none',
    service_manager: frame.values.has('systemd') ? 'systemd' : 'none',
    network_owner: networkOwner(
      text('networks').split('\n'),
      frame.values.has('netplan') && has('netplan'),
      has('ifup'),
    ),
    selinux: { '1': 'enforcing', '0': 'permissive' }[value('selinux')] ?? 'disabled',
    interfaces,
    default_gateway: addressOf(gateway, arch),
    default_interface: device,
    addresses: Object.entries(interfaces)
      .filter(([name]) => name !== 'lo')
      .flatMap(([, card]) => card.addresses.map((address) => address.replace(/\/.*/, ''))),
    user: login,
    uid: loginUid === '' ? uid : Number(loginUid),
  };
}

/** Effective uid of a shell, from its greeting; -1 where it could not tell. */
export const readUid = (frame: FrameOutput): number => Number(frame.values.get('uid') || -1);

/** How many numbers a list as `0-3,5` holds. */
const countOf = (ranges: string): number =>
  ranges.split(',').reduce((sum, range) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
    return from === undefined ? sum : sum + Number(to) - Number(from) + 1;
  }, 0);

const BIG_ENDIAN = /^(s390x?|ppc(64)?|mips(64)?|sparc(64)?|parisc(64)?|m68k|armv\w*b|aarch64_be)$/;

/** An address of /proc/net/route, which is a number as the machine holds it; '' where there is none. */
function addressOf(hex: string, arch: string): string {
  const bytes = [...(hex.match(/^[0-9A-F]{8}$/) ? (hex.match(/../g) ?? []) : [])].map((one) =>
    Number.parseInt(one, 16),
  );
  if (bytes.every((byte) => byte === 0)) return '';
  return (BIG_ENDIAN.test(arch) ? bytes : bytes.reverse()).join('.');
}

function family(id: string, like: string): string {
  const words = [id, ...like.split(' ')];
  if (words.some((word) => word === 'debian' || word === 'ubuntu')) return 'debian';
  if (words.some((word) => ['rhel', 'fedora', 'centos'].includes(word))) return 'redhat';
  return id;
}

/** Netplan writes for networkd or NetworkManager, so it comes first where it has files. */
function networkOwner(active: readonly string[], netplan: boolean, ifupdown: boolean): string {
  const [networkManager, networkd] = active;
  if (netplan) return 'netplan';
  if (networkManager === 'active') return 'networkmanager';
  if (networkd === 'active') return 'networkd';
  return ifupdown ? 'ifupdown' : 'none';
}

const IFF_UP = 1;

function readInterfaces(frame: FrameOutput): Readonly<Record<string, InterfaceFacts>> {
  const addresses = new Map<string, string[]>();
  for (const line of (frame.sections.get('addresses')?.text() ?? '').split('\n')) {
    const [, name, address] = /^\d+: (\S+?)(?:@\S+)?\s+inet6? (\S+)/.exec(line) ?? [];
    if (name === undefined || address === undefined) continue;
    addresses.set(name, [...(addresses.get(name) ?? []), address]);
  }
  const cards: Record<string, InterfaceFacts> = {};
  for (const [key, value] of frame.values) {
    if (!key.startsWith('link:')) continue;
    const name = key.slice('link:'.length);
    const [mac = '', mtu = '0', flags = '0'] = value.split(' ');
    cards[name] = {
      mac,
      mtu: Number(mtu),
      up: (Number(flags) & IFF_UP) !== 0,
      addresses: addresses.get(name) ?? [],
    };
  }
  return cards;
}
