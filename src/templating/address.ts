import ipaddr from 'ipaddr.js';
import { HelperFault } from './template-fault.ts';

/** A part of an address in CIDR form: address, prefix, network, netmask, broadcast, cidr (the network with its prefix). */
export function addressPart(value: string, part: string): string | number {
  const [address, prefix] = parse(value);
  const whole = `${address.toString()}/${prefix}`;
  const isFour = address.kind() === 'ipv4';
  const network = () =>
    (isFour
      ? ipaddr.IPv4.networkAddressFromCIDR(whole)
      : ipaddr.IPv6.networkAddressFromCIDR(whole)
    ).toString();
  switch (part) {
    case 'address':
      return address.toString();
    case 'prefix':
      return prefix;
    case 'network':
      return network();
    case 'netmask':
      return (
        isFour
          ? ipaddr.IPv4.subnetMaskFromPrefixLength(prefix)
          : ipaddr.IPv6.subnetMaskFromPrefixLength(prefix)
      ).toString();
    case 'broadcast':
      if (!isFour) throw new HelperFault('IPv6 has no broadcast address');
      return ipaddr.IPv4.broadcastAddressFromCIDR(whole).toString();
    case 'cidr':
      return `${network()}/${prefix}`;
    default:
      throw new HelperFault(
        `an address has no part '${part}'`,
        'Parts: address, prefix, network, netmask, broadcast, cidr.',
      );
  }
}

function parse(value: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  try {
    if (value.includes('/')) return ipaddr.parseCIDR(value);
    const address = ipaddr.parse(value);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    throw new HelperFault(`'${value}' is not an address`);
  }
}
