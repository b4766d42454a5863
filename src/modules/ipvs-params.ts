import * as z from 'zod';
import { address, withPort } from './ip-address-text.ts';
import type { Method, RealServer, Service } from './ipvs-table.ts';

/** Schedulers of Linux 6.1 (net/netfilter/ipvs) but twos, which Debian's kernels leave out. */
const SCHEDULERS = [
  ...(['rr', 'wrr', 'lc', 'wlc', 'fo', 'ovf', 'lblc'] as const),
  ...(['lblcr', 'dh', 'sh', 'mh', 'sed', 'nq'] as const),
] as const;
const METHOD = z.enum(['nat', 'dr', 'tun']);
const PORT = z.int().min(0).max(65535);
const THRESHOLD = z.int().min(0).max(65535);

const realServer = z.strictObject({
  address: address.describe('Its own address (RIP).'),
  port: PORT.optional().describe(
    "By default the service's. Only nat can use another: with dr and tun the kernel does not rewrite it.",
  ),
  weight: z
    .int()
    .min(0)
    .max(2_147_483_647)
    .default(1)
    .describe('Share of the new connections, for schedulers that weigh; 0: no new ones.'),
  method: METHOD.optional().describe("By default the service's."),
  state: z
    .enum(['present', 'drained', 'absent'])
    .default('present')
    .describe('`drained`: weight 0, what is open goes on. `absent`: drained, then removed.'),
  upper_threshold: THRESHOLD.default(0).describe(
    'Connections from which on it gets no new ones; 0: no limit.',
  ),
  lower_threshold: THRESHOLD.default(0).describe(
    'Connections below which it gets new ones again; 0: 3/4 of the upper.',
  ),
  tun_type: z.enum(['ipip', 'gue', 'gre']).default('ipip').describe('Kind of tunnel, for method tun.'),
  tun_port: PORT.optional().describe('Destination port, for gue.'),
  tun_checksum: z
    .enum(['none', 'full', 'remote'])
    .default('none')
    .describe('Checksums of the tunnel, for gue and gre (`remote`: only gue).'),
});

/** Parameters of ipvs_service. */
export const ipvsParams = () =>
  z
    .strictObject({
      protocol: z
        .enum(['tcp', 'udp', 'sctp'])
        .default('tcp')
        .describe('Of the service; not used with `fwmark`.'),
      address: address.optional().describe('Virtual address (VIP).'),
      port: PORT.optional().describe('Port of the service; 0 takes every port, and needs persistence.'),
      fwmark: z
        .int()
        .min(1)
        .max(4_294_967_295)
        .optional()
        .describe('Firewall mark that stands for the service, instead of address and port.'),
      fwmark_ipv6: z.boolean().default(false).describe('The marked packets are IPv6.'),
      scheduler: z
        .enum(SCHEDULERS, {
          error: ({ input }) =>
            input === 'twos'
              ? 'The kernels of Debian 12 and RHEL are built without the scheduler twos; take wlc, or mh.'
              : undefined,
        })
        .default('wlc')
        .describe('Who gets the next connection; see ipvsadm(8).'),
      sched_flags: z
        .array(z.enum(['fallback', 'port']))
        .default([])
        .describe(
          'For sh and mh: `fallback` to another server where the chosen one is gone, hash the source `port` too.',
        ),
      persistence_timeout: z
        .int()
        .min(0)
        .default(0)
        .describe('Seconds for which a client comes back to its server; 0: not at all.'),
      persistence_netmask: z
        .string()
        .optional()
        .describe('Clients of one such network count as one: 255.255.255.0, for IPv6 a prefix length.'),
      persistence_engine: z
        .enum(['sip'])
        .optional()
        .describe('What recognises a client, instead of its address.'),
      one_packet: z.boolean().default(false).describe('Schedule every UDP packet anew.'),
      method: METHOD.default('dr').describe(
        'How packets reach the real servers: nat, direct routing, tunnel.',
      ),
      real_servers: z.array(realServer).default([]).describe('Those that serve.'),
      purge_unlisted: z
        .boolean()
        .default(true)
        .describe(
          'Drain and remove real servers of this service that are not listed. Other services are never touched.',
        ),
      drain_timeout: z
        .number()
        .min(0)
        .default(60)
        .describe('Seconds to wait at most until a server that goes has no active connection; 0: none.'),
      state: z.enum(['present', 'absent']).default('present').describe('`absent`: drained, then removed.'),
    })
    .superRefine((want, issues) => {
      for (const { path, message } of contradictions(want))
        issues.addIssue({ code: 'custom', path, message });
    });

/** Parameters of ipvs_service after parsing. */
export type IpvsWant = z.output<ReturnType<typeof ipvsParams>>;
/** One of its real servers. */
export type WantedServer = z.output<typeof realServer>;

/** What ipvsadm calls the service: `-t 192.0.2.10:80`. */
export function keyOf(want: IpvsWant): string {
  if (want.fwmark !== undefined) return `-f ${want.fwmark}${want.fwmark_ipv6 ? ' -6' : ''}`;
  const flag = { tcp: '-t', udp: '-u', sctp: '--sctp-service' }[want.protocol];
  return `${flag} ${withPort(want.address ?? '', want.port ?? 0)}`;
}

/** The service as it is wanted, without its servers. */
export const serviceOf = (want: IpvsWant): Service => ({
  key: keyOf(want),
  scheduler: want.scheduler,
  schedFlags: [...want.sched_flags].sort(),
  persistence: want.persistence_timeout,
  netmask: ['255.255.255.255', '128'].includes(want.persistence_netmask ?? '')
    ? ''
    : (want.persistence_netmask ?? ''),
  engine: want.persistence_engine ?? '',
  onePacket: want.one_packet,
  servers: [],
});

/** A real server's address with its port, as the table has it. */
export const addressOf = (want: IpvsWant, server: WantedServer): string =>
  withPort(server.address, server.port ?? want.port ?? 0);

/** A real server as it is wanted. */
export function serverOf(want: IpvsWant, server: WantedServer): RealServer {
  const method: Method = server.method ?? want.method;
  return {
    address: addressOf(want, server),
    method,
    weight: server.state === 'present' ? server.weight : 0,
    tunnel: method === 'tun' && server.tun_type !== 'ipip' ? tunnelArguments(server) : [],
    upper: server.upper_threshold,
    lower: server.lower_threshold,
  };
}

function tunnelArguments(server: WantedServer): readonly string[] {
  const checksum = { none: '--tun-nocsum', full: '--tun-csum', remote: '--tun-remcsum' }[server.tun_checksum];
  const port = server.tun_type === 'gue' ? ['--tun-port', String(server.tun_port ?? 0)] : [];
  return ['--tun-type', server.tun_type, ...port, checksum];
}

interface Contradiction {
  readonly path: (string | number)[];
  readonly message: string;
}

function contradictions(want: IpvsWant): readonly Contradiction[] {
  const found: Contradiction[] = [];
  const say = (path: (string | number)[], message: string): void => void found.push({ path, message });
  if (want.fwmark === undefined && (want.address === undefined || want.port === undefined)) {
    say(['address'], 'A service is named by address and port, or by fwmark; give one of the two.');
  }
  if (want.fwmark !== undefined && (want.address !== undefined || want.port !== undefined)) {
    say(['fwmark'], 'A service is named by address and port, or by fwmark, not by both.');
  }
  if (want.port === 0 && want.persistence_timeout === 0 && want.state === 'present') {
    say(['port'], 'Port 0 takes every port, which needs a persistence_timeout (ipvsadm(8)).');
  }
  if (want.one_packet && want.fwmark === undefined && want.protocol !== 'udp') {
    say(['one_packet'], 'Only UDP can be scheduled packet by packet.');
  }
  if (want.persistence_netmask !== undefined && want.persistence_timeout === 0) {
    say(['persistence_netmask'], 'A persistence_netmask means nothing without a persistence_timeout.');
  }
  if (want.sched_flags.length > 0 && !['sh', 'mh'].includes(want.scheduler)) {
    say(['sched_flags'], `The scheduler ${want.scheduler} has no flags; sh and mh have.`);
  }
  const seen = new Set<string>();
  want.real_servers.forEach((server, index) => {
    const name = addressOf(want, server);
    if (seen.has(name)) say(['real_servers', index], `The real server ${name} is listed twice.`);
    seen.add(name);
    const method = server.method ?? want.method;
    const port = want.port ?? 0;
    if (method !== 'nat' && (server.port ?? port) !== port) {
      say(
        ['real_servers', index, 'port'],
        `With method ${method} the real server's port must be the service's, ${port}: the kernel silently uses that. Leave port out, or use nat.`,
      );
    }
    if (server.tun_type === 'gue' && server.tun_port === undefined) {
      say(['real_servers', index, 'tun_port'], 'A tunnel of type gue needs a tun_port.');
    }
  });
  return found;
}
