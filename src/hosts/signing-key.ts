import { createPrivateKey, type KeyObject, sign } from 'node:crypto';

/** The side of ssh2's parsed keys that is used here. */
export interface ParsedKey {
  readonly type: string;
  getPrivatePEM(): string;
  sign(data: Buffer, algorithm?: string): unknown;
}

/** Hashes that keys of a type are signed with where nobody asks for another one. */
const HASHES: Readonly<Record<string, string | null>> = {
  'ssh-ed25519': null,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
};

/**
 * The same key, which signs faster: ssh2 hands OpenSSL its text for each signature, and to read that costs several times
 * what signing does. A fleet is let in by one key. One that OpenSSL does not read stays as it is.
 */
export function signingKey<K extends ParsedKey>(parsed: K): K {
  let key: KeyObject;
  try {
    key = createPrivateKey(parsed.getPrivatePEM());
  } catch {
    return parsed;
  }
  return Object.create(parsed, {
    sign: {
      value: (data: Buffer, algorithm?: string): unknown => {
        const hash = algorithm ?? HASHES[parsed.type];
        if (hash === undefined) return parsed.sign(data, algorithm);
        try {
          return sign(hash, data, key);
        } catch (error) {
          return error;
        }
      },
    },
  }) as K;
}
