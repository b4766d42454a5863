import type { Captured, SysctlProbe } from '../model/probe.ts';
import { sysctlValue } from '../model/probe-makers.ts';
import { answers, type Effect } from '../model/step.ts';
import { linkProbe } from './link.ts';

/**
 * What kernel modules bring that a dry run needs to know, with the values that a fresh kernel gives it (Linux 6.1:
 * Documentation/networking/ipvs-sysctl.rst; the devices are made by the modules' own init functions).
 */
const KNOWN: Readonly<Record<string, Brings>> = {
  ip_vs: {
    parameters: {
      'net.ipv4.vs.am_droprate': '10',
      'net.ipv4.vs.amemthresh': '1024',
      'net.ipv4.vs.backup_only': '0',
      'net.ipv4.vs.cache_bypass': '0',
      'net.ipv4.vs.conn_reuse_mode': '1',
      'net.ipv4.vs.conntrack': '0',
      'net.ipv4.vs.drop_entry': '0',
      'net.ipv4.vs.drop_packet': '0',
      'net.ipv4.vs.expire_nodest_conn': '0',
      'net.ipv4.vs.expire_quiescent_template': '0',
      'net.ipv4.vs.ignore_tunneled': '0',
      'net.ipv4.vs.nat_icmp_send': '0',
      'net.ipv4.vs.pmtu_disc': '1',
      'net.ipv4.vs.schedule_icmp': '0',
      'net.ipv4.vs.secure_tcp': '0',
      'net.ipv4.vs.sloppy_sctp': '0',
      'net.ipv4.vs.sloppy_tcp': '0',
      'net.ipv4.vs.snat_reroute': '1',
    },
  },
  ipip: { device: 'tunl0' },
  ip_gre: { device: 'gre0' },
  sit: { device: 'sit0' },
  dummy: { device: 'dummy0' },
};

interface Brings {
  readonly parameters?: Readonly<Record<string, string>>;
  /** A network device that is there, and down, as soon as the module is. */
  readonly device?: string;
}

/**
 * What is known to be there once a module is loaded that was not. A new device takes its rp_filter from
 * net.ipv4.conf.default (`rpFilter`; Documentation/networking/ip-sysctl.rst).
 */
export function broughtBy(module: string, rpFilter: string | undefined): readonly Effect[] {
  const { parameters = {}, device } = KNOWN[module] ?? {};
  return [
    { kind: 'loads', module },
    ...Object.entries(parameters).map(([name, value]) => answers(sysctlValue(name), { value })),
    ...(device === undefined || rpFilter === undefined
      ? []
      : [answers(rpFilterOf(device), { value: rpFilter })]),
    ...(device === undefined ? [] : [answers(linkProbe(device), said(`9: ${device}: <NOARP> mtu 1480\n`))]),
  ];
}

/** What is known to be gone once a module is unloaded. */
export function takenBy(module: string): readonly Effect[] {
  const { parameters = {}, device } = KNOWN[module] ?? {};
  const gone = { rc: 1, stdout: '', stderr: `Device "${device}" does not exist.`, missing: false };
  return [
    ...Object.keys(parameters).map((name) => answers(sysctlValue(name), {})),
    ...(device === undefined ? [] : [answers(linkProbe(device), gone), answers(rpFilterOf(device), {})]),
  ];
}

const rpFilterOf = (device: string): SysctlProbe => sysctlValue(`net.ipv4.conf.${device}.rp_filter`);
const said = (stdout: string): Captured => ({ rc: 0, stdout, stderr: '', missing: false });
