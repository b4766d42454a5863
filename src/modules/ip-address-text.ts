import ipaddr from 'ipaddr.js';
import * as z from 'zod';

/** Schema of an IPv4 or IPv6 address without prefix length; comes out in its shortest form, as the kernel prints it. */
export const address = z
  .string()
  .refine(
    isAddress,
    'This is no IP address; write one such as 192.0.2.10 or 2001:db8::10, without a prefix length.',
  )
  .overwrite(canonicalAddress);

/** Schema of an address with prefix length, such as 192.0.2.10/24; without one it means that address alone. */
export const cidr = z
  .string()
  .refine(
    isCidr,
    'This is no address with a prefix length; write one such as 192.0.2.10/24 or 2001:db8::10/64.',
  )
  .overwrite(canonicalCidr);

/** Schema of a network card's name (IFNAMSIZ: at most 15 characters; dev_valid_name in the kernel). */
export const device = z
  .string()
  .regex(
    /^(?!\.{1,2}$)[^\s/:]{1,15}$/,
    'A card has a name of at most 15 characters, such as eth0 (see ip link).',
  );

/** True for IPv6. */
export const isIpv6 = (text: string): boolean => text.includes(':');

/** `10.0.0.1:80` or `[2001:db8::1]:80`. */
export const withPort = (host: string, port: number): string =>
  isIpv6(host) ? `[${host}]:${port}` : `${host}:${port}`;

/** `10.0.0.0/24` for 10.0.0.2/24. */
export function networkOf(text: string): string {
  const [host = '', length = ''] = text.split('/');
  const parsed = isIpv6(host)
    ? ipaddr.IPv6.networkAddressFromCIDR(`${host}/${length}`)
    : ipaddr.IPv4.networkAddressFromCIDR(`${host}/${length}`);
  return `${canonicalAddress(parsed.toString())}/${length}`;
}

function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (isIpv6(text) && ipaddr.IPv6.isValid(text));
}

function canonicalAddress(text: string): string {
  return isAddress(text) ? (isIpv6(text) ? ipaddr.IPv6.parse(text).toRFC5952String() : text) : text;
}

function isCidr(text: string): boolean {
  const [host = '', length, ...more] = text.split('/');
  const longest = isIpv6(host) ? 128 : 32;
  if (more.length > 0 || !isAddress(host)) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= longest);
}

function canonicalCidr(text: string): string {
  const [host = '', length] = text.split('/');
  return `${canonicalAddress(host)}/${Number(length ?? (isIpv6(host) ? 128 : 32))}`;
}
