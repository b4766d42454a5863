import * as z from 'zod';
import type { Capture, Captured, Found, Probes } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import { answers, run, type Step, step } from '../model/step.ts';
import { cidr, device, isIpv6 } from './ip-address-text.ts';
import { keeperOf } from './keepers.ts';
import { hasLink, linkProbe, linkRefusal, upSteps } from './link.ts';
import { absentBy, defineModule, isRefusal } from './module.ts';
import { addressArguments, addressEntry } from './network-entry.ts';

const params = () =>
  z
    .strictObject({
      address: cidr.describe(
        'Address with its prefix length: 192.0.2.10/32. Without one, that address alone.',
      ),
      device: device.describe('Network card that has it: eth0, lo, tunl0.'),
      state: z.enum(['present', 'absent']).default('present').describe('Whether the card has it.'),
      persistent: z.boolean().default(true).describe('Keep it over a reboot, by whatever owns the network.'),
      label: z
        .string()
        .regex(/^[^\s"']{1,15}$/, 'A label has at most 15 characters, such as eth0:vip.')
        .optional()
        .describe('Name under which old tools show it, such as `eth0:vip`.'),
      scope: z
        .enum(['global', 'link', 'host'])
        .optional()
        .describe('Where it is valid; by default the kernel decides.'),
    })
    // For IPv6 the kernel keeps neither (ifa_ipv6_policy and ipv6_addr_scope in net/ipv6).
    .refine((want) => want.label === undefined || !isIpv6(want.address), {
      path: ['label'],
      error: 'Only an IPv4 address has a label.',
    })
    .refine((want) => want.scope === undefined || !isIpv6(want.address), {
      path: ['scope'],
      error: 'The scope of an IPv6 address is part of the address itself.',
    })
    // ip-address(8), as net aliases of Linux 2.0 were called.
    .refine(
      ({ label, device: card }) => label === undefined || label === card || label.startsWith(`${card}:`),
      {
        path: ['label'],
        error: 'A label is the name of the card, or begins with it and a colon: eth0:vip.',
      },
    );

type Want = z.output<ReturnType<typeof params>>;
type Live = { readonly live: Capture; readonly link: Capture };

/** An address of a network card, now and after a reboot. */
export const ipAddress = defineModule<Want, Probes>({
  name: 'ip_address',
  absence: (want) => absentBy('ip_address', want, 'address', 'device'),
  doc: `Gives a network card an address, now and after a reboot.

Now it is set by \`ip address\`, without a restart of anything: other addresses and open connections do not notice. A card
that is down is set up. For the next boot it is written where whatever owns the network reads it:

| owner (\`facts.network_owner\`) | written |
|---|---|
| systemd-networkd, netplan over it | drop-in of the card's .network file, or a file of its own for lo and tunl0 (systemd.network(5)) |
| NetworkManager | the card's profile, by nmcli; a unit of ours for lo and for cards without a profile |
| ifupdown | a stanza under /etc/network/interfaces.d (interfaces(5)) |
| none | a oneshot unit of ours |

The owner reads it at the next boot, or when it is restarted. A virtual address on lo or tunl0 always is a /32 (IPv6: /128),
or the card claims its whole network.`,
  params,
  examples: [
    { title: 'A virtual address behind a director', params: { address: '192.0.2.10/32', device: 'lo' } },
    {
      title: 'An address until the next boot',
      params: { address: '10.0.0.5/24', device: 'eth1', persistent: false },
    },
    { title: 'Give it back', params: { address: '192.0.2.10/32', device: 'lo', state: 'absent' } },
  ],
  identity: (want) => `${want.address} on ${want.device}`,
  inspect: (want, around) => ({
    link: linkProbe(want.device),
    live: liveProbe(want),
    ...keeperOf(around.facts, want.persistent).inspect(want.device),
  }),
  plan: (want, found, around) => {
    const { live, link } = found as Found<Live>;
    const present = want.state === 'present';
    const refusal = present ? linkRefusal(want.device, link, around) : undefined;
    if (refusal) return refusal;
    const keeper = keeperOf(around.facts, want.persistent);
    const saved = keeper.plan(want.device, addressEntry(want), present, found);
    if (isRefusal(saved)) return saved;
    return [
      ...(present && hasLink(link) ? upSteps(want.device, link) : []),
      ...liveSteps(want, live, link),
      ...saved,
    ];
  },
});

const liveProbe = (want: Want): Capture => ({
  ...capture('ip', '-o', 'addr', 'show', 'dev', want.device, 'to', want.address),
  device: want.device,
});

function liveSteps(want: Want, live: Captured, link: Captured): readonly Step[] {
  const line = live.stdout
    .split('\n')
    .find((each) => ` ${each} `.replace(/\s+/g, ' ').includes(` ${want.address} `));
  const label = / (\S+?)\\/.exec(line ?? '')?.[1];
  const scope = / scope (\S+)/.exec(line ?? '')?.[1];
  const before = line === undefined ? undefined : want.address;
  if (want.state === 'absent') {
    if (before === undefined) return [];
    const action = run(['ip', 'address', 'del', want.address, 'dev', want.device]);
    return [
      step('address', before, undefined, {
        action,
        effects: [answers(liveProbe(want), printed(want, link, false))],
      }),
    ];
  }
  const effects = [answers(liveProbe(want), printed(want, link, true))];
  const action = run(['ip', 'address', 'replace', ...addressArguments(want)]);
  if (before === undefined) return [step('address', undefined, want.address, { action, effects })];
  const renewed = run(['sh', '-c', RENEW, 'sh', want.address, want.device, ...addressArguments(want)]);
  if (want.scope !== undefined && want.scope !== scope) {
    return [step('scope', scope, want.scope, { sign: '~', action: renewed, effects })];
  }
  if (want.label !== undefined && want.label !== label) {
    return [step('label', label, want.label, { sign: '~', action: renewed, effects })];
  }
  return [];
}

// The kernel changes neither scope nor label of an address that is there.
const RENEW = 'ip address del "$1" dev "$2"; shift 2; exec ip address add "$@"';

/** The line as ip(8) would print it. */
function printed(want: Want, link: Captured, there: boolean): Captured {
  const index = /^\d+/.exec(link.stdout)?.[0] ?? '9';
  const ipv6 = isIpv6(want.address);
  const scope = want.scope ?? (/^(127\.|::1\/)/.test(want.address) ? 'host' : 'global');
  const label = ipv6 ? '' : (want.label ?? want.device);
  const line = `${index}: ${want.device}    ${ipv6 ? 'inet6' : 'inet'} ${want.address} scope ${scope} ${label}\\       valid_lft forever preferred_lft forever\n`;
  return { rc: 0, stdout: there ? line : '', stderr: '', missing: false };
}
