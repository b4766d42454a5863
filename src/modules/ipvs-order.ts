import ipaddr from 'ipaddr.js';
import type { RealServer, Service, Table } from './ipvs-table.ts';

/** The table in the order in which ipvsadm prints it (ipvs_cmp_services and ipvs_cmp_dests in libipvs.c). */
export const inOrder = (table: Table): Table =>
  table
    .map((service) => ({ ...service, servers: [...service.servers].sort(byServer) }))
    .sort((a, b) => byNumbers(rankOfService(a), rankOfService(b)));

const byServer = (a: RealServer, b: RealServer): number =>
  byNumbers(rankOfAddress(a.address), rankOfAddress(b.address));

const PROTOCOLS: Readonly<Record<string, number>> = { '-t': 6, '-u': 17, '--sctp-service': 132 };

/** Mark, family, protocol, address, port. */
function rankOfService({ key }: Service): readonly number[] {
  const [flag = '', name = '', six] = key.split(' ');
  if (flag === '-f') return [Number(name), six ? 1 : 0];
  return [0, name.startsWith('[') ? 1 : 0, PROTOCOLS[flag] ?? 0, ...rankOfAddress(name)];
}

function rankOfAddress(text: string): readonly number[] {
  const at = text.lastIndexOf(':');
  const host = text.slice(0, at).replace(/^\[|\]$/g, '');
  return [...(ipaddr.isValid(host) ? ipaddr.parse(host).toByteArray() : []), Number(text.slice(at + 1))];
}

function byNumbers(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}
