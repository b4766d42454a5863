import * as z from 'zod';
import { address, withPort } from './ip-address-text.ts';

/** iSCSI names: iqn. with the month in which somebody owned the domain, or eui. and naa. with hex digits (RFC 3720, 3.2.6.3). */
const NAME =
  /^(iqn\.\d{4}-(0[1-9]|1[0-2])\.[a-z0-9][a-z0-9.-]*(:[a-z0-9.:-]+)?|eui\.[0-9a-f]{16}|naa\.([0-9a-f]{16}|[0-9a-f]{32}))$/;

/** Schema of an iSCSI name; capitals are brought to small letters, as targets and initiators do (RFC 3722). */
export const iscsiName = z
  .string()
  .max(223, 'An iSCSI name has at most 223 characters.')
  .overwrite((text) => text.toLowerCase())
  .regex(NAME, 'This is no iSCSI name; write one such as iqn.2026-01.com.example:disks.');

/** Address and port where a target listens. */
export interface Portal {
  readonly address: string;
  readonly port: number;
}

const PORTAL = /^(?:\[([^\]]+)\]|([^:]+)|([^[\]]*:[^[\]]*:[^[\]]*))(?::(\d{1,5}))?$/;

/** Schema of a portal: an address, with a port where it is not 3260; IPv6 with a port in brackets. */
export const portal = z.string().transform((text, context): Portal => {
  const [, bracketed, plain, bare, port = '3260'] = PORTAL.exec(text) ?? [];
  const parsed = address.safeParse(bare ?? bracketed ?? plain);
  if (parsed.success && Number(port) > 0 && Number(port) <= 65_535)
    return { address: parsed.data, port: Number(port) };
  context.addIssue({
    code: 'custom',
    message: 'This is no portal; write an address, as 10.0.0.5, 10.0.0.5:3260 or [2001:db8::5]:3260.',
  });
  return z.NEVER;
});

/** `10.0.0.5:3260`, as iscsiadm takes it. */
export const portalText = ({ address: host, port }: Portal): string => withPort(host, port);

/** The link that udev makes for a LUN (60-persistent-storage.rules, path_id): IPv6 without brackets. */
export const byPath = (target: string, { address: host, port }: Portal, lun: number): string =>
  `/dev/disk/by-path/ip-${host}:${port}-iscsi-${target}-lun-${lun}`;
