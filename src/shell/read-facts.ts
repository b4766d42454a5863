import type { Facts, InterfaceFacts } from '../model/facts.ts';
import type { FrameOutput } from './frame-output.ts';

/** Facts from the answer to the facts script. */
export function readFacts(frame: FrameOutput): Facts {
  const value = (key: string): string => frame.values.get(key) ?? '';
  const text = (key: string): string => frame.sections.get(key)?.text().trim() ?? '';
  const has = (name: string): boolean => frame.values.has(`has:${name}`);
  const [hostname = '', kernel = '', arch = ''] = text('uname').split('\n');
  const { user, uid } = readId(frame);
  // Behind sudo, who logged in is in the environment.
  const loginUid = value('login');
  const interfaces = readInterfaces(frame);
  const route = / via (\S+) dev (\S+)/.exec(` ${text('route').split('\n')[0]}`);
  const device = / dev (\S+)/.exec(text('route'))?.[1];
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
    cpus: Number(text('cpus')) || 1,
    package_manager: has('apt-get') ? 'apt' : has('dnf') ? 'dnf' : has('yum') ? 'yum' : 'none',
    service_manager: frame.values.has('systemd') ? 'systemd' : 'none',
    network_owner: networkOwner(
      text('networks').split('\n'),
      frame.values.has('netplan') && has('netplan'),
      has('ifup'),
    ),
    selinux: { '1': 'enforcing', '0': 'permissive' }[value('selinux')] ?? 'disabled',
    interfaces,
    default_gateway: route?.[1] ?? '',
    default_interface: route?.[2] ?? device ?? '',
    addresses: Object.entries(interfaces)
      .filter(([name]) => name !== 'lo')
      .flatMap(([, card]) => card.addresses.map((address) => address.replace(/\/.*/, ''))),
    user,
    uid: loginUid === '' ? uid : Number(loginUid),
  };
}

/** User and uid from `id`. */
export function readId(frame: FrameOutput): { readonly user: string; readonly uid: number } {
  const match = /^uid=(\d+)(?:\(([^)]*)\))?/.exec(frame.sections.get('id')?.text() ?? '');
  return { uid: Number(match?.[1] ?? -1), user: match?.[2] ?? match?.[1] ?? '' };
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
