import type { Table } from './ipvs-table.ts';

const FLAGS: Readonly<Record<string, string>> = { TCP: '-t', UDP: '-u', SCTP: '--sctp-service', FWM: '-f' };
const PROTOCOLS = Object.fromEntries(Object.entries(FLAGS).map(([protocol, flag]) => [flag, protocol]));

/** The table with what `ipvsadm -L -n --thresholds` says of its servers: `ipvsadm -S` leaves thresholds out. */
export function withThresholds(table: Table, listing: string): Table {
  const limits = new Map<string, readonly [upper: number, lower: number]>();
  let key = '';
  for (const line of listing.split('\n')) {
    const [first = '', second = '', upper, lower] = line.trim().split(/\s+/);
    const flag = FLAGS[first];
    if (flag !== undefined) key = `${flag} ${second}${upper === 'IPv6' ? ' -6' : ''}`;
    if (first === '->') limits.set(`${key} ${second}`, [Number(upper), Number(lower)]);
  }
  return table.map((service) => ({
    ...service,
    servers: service.servers.map((server) => {
      const [upper, lower] = limits.get(`${service.key} ${server.address}`) ?? [0, 0];
      return { ...server, upper, lower };
    }),
  }));
}

/** The listing that `withThresholds` reads, of a table that is to be. */
export const renderThresholds = (table: Table): string =>
  table
    .flatMap(({ key, scheduler, servers }) => {
      const [flag = '', name = '', six] = key.split(' ');
      return [
        `${PROTOCOLS[flag] ?? ''}  ${name}${six ? ' IPv6' : ''} ${scheduler}`,
        ...servers.map(({ address, upper, lower }) => `  -> ${address} ${upper} ${lower} 0 0`),
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
