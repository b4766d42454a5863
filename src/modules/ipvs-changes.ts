import type { Captured } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import { answers, type Effect, run, type Shown, type Step, step, type Wait } from '../model/step.ts';
import { inOrder } from './ipvs-order.ts';
import {
  type RealServer,
  renderTable,
  type Service,
  serverArguments,
  serviceArguments,
  type Table,
  withoutServer,
  withoutService,
  withServer,
  withService,
} from './ipvs-table.ts';
import { renderThresholds } from './ipvs-thresholds.ts';

/** Exit status of the probe where there is no ipvsadm. */
export const NO_IPVSADM = 3;
/** Looks at /proc first, because ipvsadm loads the kernel module by itself, and a probe must change nothing. */
const READ = `command -v ipvsadm >/dev/null || exit ${NO_IPVSADM}; [ -e /proc/net/ip_vs ] || exit 0; exec ipvsadm`;
/** The whole table, in the form that `ipvsadm -R` reads. */
export const TABLE = capture('sh', '-c', `${READ} -S -n`);
/** The thresholds of all real servers, which `ipvsadm -S` leaves out. */
export const THRESHOLDS = capture('sh', '-c', `${READ} -L -n --thresholds`);

/**
 * True once no server of $2 has a connection of service $1 that is open or being opened, twice within a second. Column 5
 * of `ipvsadm -L -n` is ActiveConn, which does not count one whose handshake is under way (ip_vs_proto_tcp.c,
 * tcp_state_active_table); the list of connections, `-c`, has those: state in column 3, destination in column 6.
 */
const IDLE = `is_gone() { for gone in $servers; do [ "$1" != "$gone" ] || return 0; done; return 1; }
servers=$2
idle() {
  ipvsadm -L -n $1 | while read -r _ server _ _ active _; do
    ! is_gone "$server" || [ "$active" = 0 ] || exit 1
  done && ipvsadm -L -n -c | while read -r _ _ state _ _ server _; do
    case $state in SYN_SENT | SYN_RECV | ESTABLISHED) ! is_gone "$server" || exit 1 ;; esac
  done
}
idle "$1" && sleep 1 && idle "$1"`;

/** Steps on the table, each of which knows the table that it leaves behind. */
export class TableChanges {
  readonly steps: Step[] = [];
  #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Adds the service, or edits it where a field differs. Returns it as it is then. */
  service(want: Service): Service {
    const have = this.#table.find((service) => service.key === want.key);
    if (!have) {
      this.#step('service', undefined, describeService(want), ['-A', ...serviceArguments(want)], {
        ...want,
        servers: [],
      });
      return { ...want, servers: [] };
    }
    const made = { ...want, servers: have.servers };
    this.#fields('', serviceFields(have), serviceFields(want), ['-E', ...serviceArguments(want)], made);
    return made;
  }

  /** Adds a real server, or edits it where a field differs. */
  server(service: Service, want: RealServer): Service {
    const have = service.servers.find((server) => server.address === want.address);
    const made = withServer(service, want);
    const name = `real server ${want.address}`;
    const rest = serverArguments(service.key, want);
    if (have) this.#fields(`${name} `, serverFields(have), serverFields(want), ['-e', ...rest], made);
    else this.#step(name, undefined, describeServer(want), ['-a', ...rest], made);
    return made;
  }

  /** Sets the weight of servers to 0, waits until nobody talks to them, or for `timeoutMs` at most. */
  drain(service: Service, servers: readonly RealServer[], timeoutMs: number): Service {
    const drained = servers.reduce((made, server) => this.server(made, { ...server, weight: 0 }), service);
    if (servers.length > 0 && timeoutMs > 0) this.steps.push(waitStep(service.key, servers, timeoutMs));
    return drained;
  }

  /** Removes a real server. */
  removeServer(service: Service, server: RealServer): Service {
    const made = withoutServer(service, server.address);
    const argv = ['-d', ...service.key.split(' '), '-r', server.address];
    this.#step(`real server ${server.address}`, describeServer(server), undefined, argv, made);
    return made;
  }

  /** Removes a service with all its real servers. */
  removeService(service: Service): void {
    this.#table = withoutService(this.#table, service.key);
    this.#push('service', describeService(service), undefined, ['-D', ...service.key.split(' ')]);
  }

  #fields(prefix: string, before: Fields, after: Fields, argv: readonly string[], made: Service): void {
    const names = Object.keys(after).filter((name) => before[name] !== after[name]);
    for (const [index, name] of names.entries()) {
      const field = `${prefix}${name}`;
      // One command sets all fields, so the first step does it, and the others only tell.
      if (index === 0) this.#step(field, before[name], after[name], argv, made);
      else this.steps.push(step(field, before[name], after[name], { sign: '~' }));
    }
  }

  #step(field: string, before: Shown, after: Shown, argv: readonly string[], made: Service): void {
    this.#table = withService(this.#table, made);
    this.#push(field, before, after, argv);
  }

  #push(field: string, before: Shown, after: Shown, argv: readonly string[]): void {
    const action = run(['ipvsadm', ...argv]);
    this.steps.push(step(field, before, after, { action, effects: effectsOf(this.#table) }));
  }
}

const printed = (stdout: string): Captured => ({ rc: 0, stdout, stderr: '', missing: false });

const effectsOf = (table: Table): readonly Effect[] => [
  answers(TABLE, printed(renderTable(inOrder(table)))),
  answers(THRESHOLDS, printed(renderThresholds(inOrder(table)))),
];

type Fields = Readonly<Record<string, string | number | boolean>>;

const serviceFields = (service: Service): Fields => ({
  scheduler: service.scheduler,
  'scheduler flags': service.schedFlags.join(',') || 'none',
  'persistence timeout': service.persistence,
  'persistence netmask': service.netmask || 'none',
  'persistence engine': service.engine || 'none',
  'one packet': service.onePacket,
});

const serverFields = (server: RealServer): Fields => ({
  weight: server.weight,
  method: server.method,
  tunnel: server.tunnel.join(' ') || 'ipip',
  'upper threshold': server.upper,
  'lower threshold': server.lower,
});

const describeService = (service: Service): string =>
  [service.scheduler, ...(service.persistence > 0 ? [`persistent ${service.persistence} s`] : [])].join(', ');

const describeServer = (server: RealServer): string => `${server.method}, weight ${server.weight}`;

function waitStep(key: string, servers: readonly RealServer[], timeoutMs: number): Step {
  const names = servers.map((server) => server.address).join(' ');
  const action: Wait = {
    kind: 'wait',
    until: ['sh', '-c', IDLE, 'sh', key, names],
    timeoutMs,
    intervalMs: 1000,
    onTimeout: 'continue',
    what: `no active connection to ${names}`,
  };
  return step('drained', false, true, { action, changes: false });
}
