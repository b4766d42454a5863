import type { Captured, ProgramFound } from '../model/probe.ts';
import { program } from '../model/probe-makers.ts';
import { withPort } from './ip-address-text.ts';
import { NO_IPVSADM, TABLE, TableChanges, THRESHOLDS } from './ipvs-changes.ts';
import { addressOf, type IpvsWant, ipvsParams, keyOf, serverOf, serviceOf } from './ipvs-params.ts';
import { parseTable, type Table } from './ipvs-table.ts';
import { withThresholds } from './ipvs-thresholds.ts';
import { absentBy, defineModule, type Refusal, refuse } from './module.ts';

/** A virtual service of the kernel's load balancer with its real servers. */
export const ipvsService = defineModule({
  name: 'ipvs_service',
  absence: (want) =>
    absentBy('ipvs_service', want, 'protocol', 'address', 'port', 'fwmark', 'fwmark_ipv6', 'drain_timeout'),
  doc: `Manages a virtual service of the kernel's load balancer (LVS, IPVS) with its real servers.

The table is converged in place, under load: what is missing is added, what differs is edited with every flag given
(\`ipvsadm -e\` without a weight would reset it to 1, without a method to direct routing: ipvsadm(8)), and what goes is
drained first: weight 0, then wait until it has no active connection or \`drain_timeout\` is over, then remove. The table
is never cleared, and other services are not touched.

- The table is lost at a reboot. The role \`director\` loads it again; \`ipvsadm --restore\` reads the form
  \`-A -t VIP:PORT -s rr\`, \`-a -t VIP:PORT -r RIP:PORT -g -w 1\`.
- With persistence, set \`net.ipv4.vs.expire_quiescent_template\` to 1, or clients that come back keep a drained server
  busy; set \`net.ipv4.vs.expire_nodest_conn\` to 1, or packets to a server that is gone are dropped without a word
  (Documentation/networking/ipvs-sysctl.rst of the kernel).
- Thresholds are managed where any real server of the service names one, because \`ipvsadm -S\` does not print them.
- It needs the program ipvsadm; the kernel modules are loaded by the kernel itself.`,
  params: ipvsParams,
  examples: [
    {
      title: 'Two web servers behind a virtual address, by direct routing',
      params: {
        address: '192.0.2.10',
        port: 80,
        scheduler: 'wrr',
        method: 'dr',
        real_servers: [
          { address: '10.0.0.11', weight: 3 },
          { address: '10.0.0.12', weight: 1 },
        ],
      },
    },
    {
      title: 'DNS by NAT, with one server being taken out',
      params: {
        protocol: 'udp',
        address: '192.0.2.10',
        port: 53,
        scheduler: 'rr',
        method: 'nat',
        real_servers: [
          { address: '10.0.0.11', port: 5353 },
          { address: '10.0.0.12', port: 5353, state: 'drained' },
        ],
      },
    },
    { title: 'Drain and remove a service', params: { address: '192.0.2.10', port: 80, state: 'absent' } },
  ],
  identity: (want) =>
    want.fwmark === undefined
      ? `${want.protocol} ${withPort(want.address ?? '', want.port ?? 0)}`
      : `fwmark ${want.fwmark}`,
  inspect: (want) => ({
    table: TABLE,
    tool: program('ipvsadm'),
    // The same question twice costs nothing.
    thresholds: usesThresholds(want) ? THRESHOLDS : TABLE,
  }),
  plan: (want, found) => {
    const table = tableOf(want, found.table, found.tool);
    if ('refused' in table) return table;
    const known = usesThresholds(want) ? withThresholds(table, found.thresholds.stdout) : table;
    const changes = new TableChanges(known);
    if (want.state === 'absent') removeService(want, known, changes);
    else converge(want, changes);
    return changes.steps;
  },
});

function converge(want: IpvsWant, changes: TableChanges): void {
  const servers = want.real_servers;
  const stay = servers.filter((server) => server.state !== 'absent').map((server) => serverOf(want, server));
  const named = new Set(servers.map((server) => addressOf(want, server)));
  const staying = new Set(stay.map((server) => server.address));
  const made = stay.reduce(
    (service, server) => changes.server(service, server),
    changes.service(serviceOf(want)),
  );
  const gone = made.servers.filter(
    ({ address }) => !staying.has(address) && (named.has(address) || want.purge_unlisted),
  );
  const drained = changes.drain(made, gone, want.drain_timeout * 1000);
  gone.reduce((service, server) => changes.removeServer(service, { ...server, weight: 0 }), drained);
}

function removeService(want: IpvsWant, table: Table, changes: TableChanges): void {
  const service = table.find(({ key }) => key === keyOf(want));
  if (!service) return;
  changes.removeService(changes.drain(service, service.servers, want.drain_timeout * 1000));
}

function tableOf(want: IpvsWant, answer: Captured, tool: ProgramFound): Table | Refusal {
  if (answer.rc === 0) return parseTable(answer.stdout);
  if (answer.rc === NO_IPVSADM || answer.missing) {
    // Without the program nobody has made a service; a package of this run may bring it.
    return want.state === 'absent' || tool.path !== undefined ? [] : NO_PROGRAM;
  }
  return refuse(
    `The kernel's table cannot be read: ${answer.stderr.trim()}`,
    'ipvsadm needs root (become: true) and a kernel with IPVS: "modprobe ip_vs" on the host tells more.',
  );
}

const NO_PROGRAM = refuse('There is no ipvsadm on this host.', 'Install it first: package: {name: ipvsadm}.');

const usesThresholds = (want: IpvsWant): boolean =>
  want.real_servers.some((server) => server.upper_threshold > 0 || server.lower_threshold > 0);
