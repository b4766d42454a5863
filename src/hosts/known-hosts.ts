import { createHmac } from 'node:crypto';

/** One key of a known_hosts file, with its place. */
export interface KnownKey {
  readonly file: string;
  readonly line: number;
  readonly marker: '' | '@revoked' | '@cert-authority';
  readonly patterns: string;
  readonly type: string;
  /** The key itself, in base64. */
  readonly key: string;
}

/** What known_hosts says of a key that a server shows. */
export type Verdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'revoked' | 'changed'; readonly entry: KnownKey };

/** The entries of a known_hosts file. */
export function parseKnownHosts(text: string, file: string): readonly KnownKey[] {
  return text.split('\n').flatMap((raw, at) => {
    const words = raw.trim().split(/\s+/);
    const marker = words[0] === '@revoked' || words[0] === '@cert-authority' ? words[0] : '';
    const [patterns, type, key] = marker ? words.slice(1) : words;
    if (!patterns || patterns.startsWith('#') || !type || !key) return [];
    return [{ file, line: at + 1, marker, patterns, type, key }];
  });
}

/** A host as known_hosts names it: with its port where that is not 22. */
export const knownName = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`);

/** Judges a server's key (its SSH wire form). A key of another type than those known counts as changed. */
export function judge(entries: readonly KnownKey[], blob: Buffer): Verdict {
  const key = blob.toString('base64');
  const revoked = entries.find((entry) => entry.marker === '@revoked' && entry.key === key);
  if (revoked) return { kind: 'revoked', entry: revoked };
  const plain = entries.filter((entry) => entry.marker === '');
  if (plain.some((entry) => entry.key === key)) return { kind: 'known' };
  const entry = plain.find(({ type }) => type === keyType(blob)) ?? plain[0];
  return entry ? { kind: 'changed', entry } : { kind: 'unknown' };
}

/** Type of a key in SSH wire form: its first string. */
export const keyType = (blob: Buffer): string => blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));

const ALL = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** Host key algorithms to ask for: those first whose keys are known, so that the server shows one of them. */
export function hostKeyAlgorithms(entries: readonly KnownKey[]): string[] {
  const types = new Set(entries.filter(({ marker }) => marker === '').map(({ type }) => type));
  const known = (algorithm: string): boolean =>
    types.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [...ALL.filter(known), ...ALL.filter((algorithm) => !known(algorithm))];
}

/** True where the names of an entry, hashed or with patterns, mean a host. */
export function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = patterns.split('|');
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  let found = false;
  for (const one of patterns.toLowerCase().split(',')) {
    const negated = one.startsWith('!');
    if (!wildcard(negated ? one.slice(1) : one).test(name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  );
