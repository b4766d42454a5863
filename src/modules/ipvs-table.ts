/** How packets reach a real server: NAT (`-m`), direct routing (`-g`), tunnel (`-i`). */
export type Method = 'nat' | 'dr' | 'tun';

/** A real server of the kernel's table. `address` is as ipvsadm prints it: `10.0.0.11:80`, `[2001:db8::11]:80`. */
export interface RealServer {
  readonly address: string;
  readonly method: Method;
  readonly weight: number;
  /** `--tun-type …` and what belongs to it; [] for plain ipip. */
  readonly tunnel: readonly string[];
  /** Connections; 0 for no limit. `ipvsadm -S` does not print them, `ipvsadm -L --thresholds` does. */
  readonly upper: number;
  readonly lower: number;
}

/** A virtual service of the kernel's table. `key` is what ipvsadm calls it: `-t 192.0.2.10:80`, `-f 1`. */
export interface Service {
  readonly key: string;
  readonly scheduler: string;
  /** `fallback` and `port`, which the schedulers sh and mh know; others as ipvsadm prints them. */
  readonly schedFlags: readonly string[];
  /** Seconds; 0 where a client is not held to one server. */
  readonly persistence: number;
  /** Clients of one such network count as one; '' for the default, a single address. */
  readonly netmask: string;
  /** Persistence engine, such as `sip`; '' for none. */
  readonly engine: string;
  readonly onePacket: boolean;
  readonly servers: readonly RealServer[];
}

export type Table = readonly Service[];

const METHODS: Readonly<Record<string, Method>> = { '-m': 'nat', '-g': 'dr', '-i': 'tun' };
const METHOD_FLAG: Readonly<Record<Method, string>> = { nat: '-m', dr: '-g', tun: '-i' };

/** Reads what `ipvsadm -S -n` prints (ipvsadm 1.31: print_service_entry with FMT_RULE). */
export function parseTable(text: string): Table {
  const services = new Map<string, Service>();
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const { key, rest } = splitKey(words.slice(1));
    if (words[0] === '-A') services.set(key, serviceOf(key, rest));
    const service = services.get(key);
    if (words[0] === '-a' && service) {
      services.set(key, { ...service, servers: [...service.servers, serverOf(rest)] });
    }
  }
  return [...services.values()];
}

/** The table as `ipvsadm -S -n` would print it, every flag given. */
export const renderTable = (table: Table): string =>
  table
    .flatMap((service) => [
      ['-A', ...serviceArguments(service)],
      ...service.servers.map((server) => ['-a', ...printedServer(service.key, server)]),
    ])
    .map((words) => `${words.join(' ')}\n`)
    .join('');

/** Of a server ipvsadm prints the plain tunnel too, and no thresholds. */
const printedServer = (key: string, server: RealServer): readonly string[] => [
  ...serverArguments(key, { ...server, upper: 0, lower: 0 }),
  ...(server.method === 'tun' && server.tunnel.length === 0 ? PLAIN_TUNNEL : []),
];
const PLAIN_TUNNEL = ['--tun-type', 'ipip'];

/** Arguments after `-A` or `-E`: all of them, because what is left out falls back to a default (ipvsadm(8)). */
export const serviceArguments = (service: Service): readonly string[] => [
  ...service.key.split(' '),
  '-s',
  service.scheduler,
  ...(service.persistence > 0 ? ['-p', String(service.persistence)] : []),
  ...(service.netmask === '' ? [] : ['-M', service.netmask]),
  ...(service.engine === '' ? [] : ['--pe', service.engine]),
  ...(service.onePacket ? ['-o'] : []),
  ...(service.schedFlags.length === 0
    ? []
    : ['-b', service.schedFlags.map((flag) => longFlag(service.scheduler, flag)).join(',')]),
];

/** Arguments after `-a` or `-e`: all of them, because `-e` without weight or method resets them (ipvsadm(8)). */
export const serverArguments = (key: string, server: RealServer): readonly string[] => [
  ...key.split(' '),
  '-r',
  server.address,
  METHOD_FLAG[server.method],
  '-w',
  String(server.weight),
  ...server.tunnel,
  ...(server.upper > 0 ? ['-x', String(server.upper)] : []),
  ...(server.lower > 0 ? ['-y', String(server.lower)] : []),
];

/** The table with one service put in place of the one of its key, or added. */
export const withService = (table: Table, service: Service): Table =>
  table.some((other) => other.key === service.key)
    ? table.map((other) => (other.key === service.key ? service : other))
    : [...table, service];

/** The table without a service. */
export const withoutService = (table: Table, key: string): Table =>
  table.filter((service) => service.key !== key);

/** The service with one real server put in place of the one of its address, or added. */
export const withServer = (service: Service, server: RealServer): Service => ({
  ...service,
  servers: service.servers.some((other) => other.address === server.address)
    ? service.servers.map((other) => (other.address === server.address ? server : other))
    : [...service.servers, server],
});

/** The service without a real server. */
export const withoutServer = (service: Service, address: string): Service => ({
  ...service,
  servers: service.servers.filter((server) => server.address !== address),
});

function splitKey(words: readonly string[]): { readonly key: string; readonly rest: readonly string[] } {
  const length = words[0] === '-f' && words[2] === '-6' ? 3 : 2;
  return { key: words.slice(0, length).join(' '), rest: words.slice(length) };
}

function serviceOf(key: string, words: readonly string[]): Service {
  const after = (flag: string): string | undefined => {
    const at = words.indexOf(flag);
    return at < 0 ? undefined : words[at + 1];
  };
  return {
    key,
    scheduler: after('-s') ?? 'wlc',
    schedFlags: (after('-b') ?? '').split(',').filter(Boolean).map(shortFlag).sort(),
    persistence: Number(after('-p') ?? 0),
    netmask: after('-M') ?? '',
    engine: after('--pe') ?? '',
    onePacket: words.includes('-o'),
    servers: [],
  };
}

function serverOf(words: readonly string[]): RealServer {
  const tunnel = words.findIndex((word) => word.startsWith('--tun-'));
  const weight = words.indexOf('-w');
  return {
    address: words[1] ?? '',
    method: METHODS[words.find((word) => word in METHODS) ?? '-g'] ?? 'dr',
    weight: weight < 0 ? 1 : Number(words[weight + 1]),
    tunnel: tunnel < 0 || words[tunnel + 1] === 'ipip' ? [] : words.slice(tunnel),
    upper: 0,
    lower: 0,
  };
}

// ipvsadm prints the flags of sh and mh by name, those of other schedulers by number (str_flags in ipvsadm.c).
const shortFlag = (flag: string): string =>
  flag
    .replace(/^(?:sh|mh)-(fallback|port)$/, '$1')
    .replace(/^flag-1$/, 'fallback')
    .replace(/^flag-2$/, 'port');
const longFlag = (scheduler: string, flag: string): string =>
  flag === 'fallback' || flag === 'port' ? `${scheduler}-${flag}` : flag;
