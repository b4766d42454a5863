import { isIpv6 } from './ip-address-text.ts';

/** An address or a route of a device as it is kept over a reboot. */
export interface NetworkEntry {
  /** Tells it from the others of the device; the comment above it in files: `address 192.0.2.10/32`. */
  readonly key: string;
  readonly ipv6: boolean;
  /** Its section in a .network file of systemd-networkd. */
  readonly networkd: string;
  /** Program and arguments that make it live, whether or not it is. */
  readonly command: readonly string[];
  readonly nmcli: { readonly property: string; readonly value: string };
  /** Router that a route leads by. */
  readonly via?: string;
  /** True for a default route of the main table. */
  readonly isDefault: boolean;
}

/** What an address is kept as. */
export function addressEntry(want: {
  readonly address: string;
  readonly device: string;
  readonly label?: string | undefined;
  readonly scope?: string | undefined;
}): NetworkEntry {
  const ipv6 = isIpv6(want.address);
  const label = want.label === undefined ? [] : [`Label=${want.label}`];
  const scope = want.scope === undefined ? [] : [`Scope=${want.scope}`];
  return {
    key: `address ${want.address}`,
    ipv6,
    networkd: ['[Address]', `Address=${want.address}`, ...label, ...scope].join('\n'),
    command: ['ip', 'address', 'replace', ...addressArguments(want)],
    nmcli: { property: ipv6 ? 'ipv6.addresses' : 'ipv4.addresses', value: want.address },
    isDefault: false,
  };
}

/** Arguments of `ip address replace` and `ip address del`. */
export const addressArguments = (want: Parameters<typeof addressEntry>[0]): readonly string[] => [
  want.address,
  'dev',
  want.device,
  ...(want.label === undefined ? [] : ['label', want.label]),
  ...(want.scope === undefined ? [] : ['scope', want.scope]),
];

/** A route: `to` is a network in CIDR form or `default`. */
export interface Route {
  readonly to: string;
  readonly via?: string | undefined;
  readonly device: string;
  readonly metric?: number | undefined;
  readonly table?: number | undefined;
  readonly source?: string | undefined;
  readonly advmss?: number | undefined;
}

/** True for a route of IPv6. */
export const isIpv6Route = ({ to, via }: Pick<Route, 'to' | 'via'>): boolean =>
  isIpv6(to) || isIpv6(via ?? '');

/** What a route is kept as. */
export function routeEntry(route: Route): NetworkEntry {
  const ipv6 = isIpv6Route(route);
  const { via, metric, table, source, advmss } = route;
  const anywhere = ipv6 ? '::/0' : '0.0.0.0/0';
  const to = route.to === 'default' ? anywhere : route.to;
  const lines = [
    '[Route]',
    `Destination=${to}`,
    ...(via === undefined ? ['Scope=link'] : [`Gateway=${via}`]),
    ...(metric === undefined ? [] : [`Metric=${metric}`]),
    ...(table === undefined ? [] : [`Table=${table}`]),
    ...(source === undefined ? [] : [`PreferredSource=${source}`]),
    ...(advmss === undefined ? [] : [`TCPAdvertisedMaximumSegmentSize=${advmss}`]),
  ];
  const attributes = [
    ...(table === undefined ? [] : [`table=${table}`]),
    ...(source === undefined ? [] : [`src=${source}`]),
    ...(advmss === undefined ? [] : [`advmss=${advmss}`]),
  ];
  return {
    key: ['route', route.to, ...(metric ? ['metric', metric] : []), ...(table ? ['table', table] : [])].join(
      ' ',
    ),
    ipv6,
    networkd: lines.join('\n'),
    command: ['ip', ipv6 ? '-6' : '-4', 'route', 'replace', ...routeArguments(route)],
    nmcli: {
      property: ipv6 ? 'ipv6.routes' : 'ipv4.routes',
      value: [
        to,
        via ?? (ipv6 ? '::' : '0.0.0.0'),
        ...(metric === undefined ? [] : [metric]),
        ...attributes,
      ].join(' '),
    },
    ...(via === undefined ? {} : { via }),
    isDefault: route.to === 'default' && table === undefined,
  };
}

/** Arguments of `ip route replace` and `ip route del`. */
export const routeArguments = (route: Route): readonly string[] => [
  route.to,
  ...(route.via === undefined ? [] : ['via', route.via]),
  'dev',
  route.device,
  ...(route.metric === undefined ? [] : ['metric', String(route.metric)]),
  ...(route.table === undefined ? [] : ['table', String(route.table)]),
  ...(route.source === undefined ? [] : ['src', route.source]),
  ...(route.advmss === undefined ? [] : ['advmss', String(route.advmss)]),
];
