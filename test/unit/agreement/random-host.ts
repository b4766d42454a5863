import { FakeHost } from '../../../src/hosts/fake.ts';
import { FAKE_FACTS } from '../../../src/hosts/fake-world.ts';
import type { Facts } from '../../../src/model/facts.ts';
import type { Answer, Captured, Probe, Probes } from '../../../src/model/probe.ts';
import { modules } from '../../../src/modules/index.ts';
import fc from '../../random.ts';
import { prints } from './looking-programs.ts';
import type { RandomTask } from './random-params.ts';

/** Facts of one of the systems that we support. */
export const randomFacts: fc.Arbitrary<Facts> = fc
  .record({
    isRedhat: fc.boolean(),
    network_owner: fc.constantFrom('networkd', 'networkmanager', 'ifupdown', 'none'),
  })
  .map(({ isRedhat, network_owner }) => ({
    ...FAKE_FACTS,
    network_owner,
    ...(isRedhat ? { os: { ...FAKE_FACTS.os, family: 'redhat' }, package_manager: 'dnf' } : {}),
  }));

/** A host with something of everything, on which the probes of these tasks find their programs. */
export const hostFor = (tasks: readonly RandomTask[], facts: Facts): FakeHost =>
  new FakeHost({
    facts,
    prints,
    files: {
      '/etc/hosts': '127.0.0.1 localhost\n10.0.0.11 web1\n',
      '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\n',
      '/srv/a/b': { content: 'a\nb=1', mode: 0o600, owner: 'www-data' },
    },
    links: { '/srv/l': 'a' },
    units: { 'cron.service': { active: 'active', enabled: 'enabled' } },
    programs: ['exportfs', 'mkfs.ext4', 'mount.nfs', 'setfacl', 'targetcli'],
    packages: { keepalived: '1' },
    candidates: { nginx: '2', keepalived: '2' },
    sysctls: { 'net.ipv4.ip_forward': '0', 'net.ipv4.conf.default.rp_filter': '2' },
    answers: probesOf(tasks, facts)
      .filter((probe) => probe.kind === 'capture')
      .map((probe) => [probe, printed(probe.argv.join(' '))] as const),
  });

/** All that the tasks ask a host. */
export const probesOf = (tasks: readonly RandomTask[], facts: Facts): readonly Probe[] =>
  tasks.flatMap(({ module: name, params }) => {
    const module = modules.get(name);
    if (!module) throw new Error(name);
    const probes: Probes = module.inspect(module.params.parse(params), {
      facts,
      mode: 'plan',
      host: 'web1',
      folder: '/project',
    });
    return Object.values(probes);
  });

/** What a host answers to all that the tasks ask. */
export const answersOf = (host: FakeHost, tasks: readonly RandomTask[]): readonly Answer[] =>
  probesOf(tasks, host.facts).map((probe) => host.answer(probe));

/** What the programs of the host print before anything is changed: two cards, no addresses, routes or services. */
function printed(line: string): Captured {
  const card = /^ip -o link show dev (\w+)$/.exec(line)?.[1];
  const kernelModule = /^modprobe -n -v (.*)$/.exec(line)?.[1];
  const isNo = card?.startsWith('tun') === true;
  // No LIO yet.
  if (line.includes('/sys/kernel/config/target')) return { rc: 3, stdout: '', stderr: '', missing: false };
  const stdout =
    card !== undefined
      ? `2: ${card}: <BROADCAST,UP,LOWER_UP> mtu 1500\n`
      : kernelModule !== undefined
        ? `insmod /lib/modules/6.1.0/${kernelModule}.ko\n`
        : '';
  return { rc: isNo ? 1 : 0, stdout: isNo ? '' : stdout, stderr: '', missing: false };
}
