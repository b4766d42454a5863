import { createHash } from 'node:crypto';

/** The name space of Ansible's filter `to_uuid`, so that both make the same UUID of a name. */
const NAME_SPACE = Buffer.from('361e6d51faec444a9079341386da8e2e', 'hex');

/** The UUID of a name: version 5 of RFC 9562, always the same for the same name. */
export function nameBasedUuid(name: string): string {
  const hash = createHash('sha1').update(NAME_SPACE).update(name).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
