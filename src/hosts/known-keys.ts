import { readFileSync } from 'node:fs';
import { type KnownKey, knownName, matches, parseKnownHosts } from './known-hosts.ts';
import { ReadOnce } from './read-once.ts';

/** The keys of one known_hosts file. Plain names are looked up; only patterns and hashed names are tried one by one. */
class KnownKeys {
  readonly #named = new Map<string, KnownKey[]>();
  readonly #tried: KnownKey[] = [];

  constructor(keys: readonly KnownKey[]) {
    for (const key of keys) {
      if (/[|*?!]/.test(key.patterns)) this.#tried.push(key);
      else for (const name of new Set(key.patterns.toLowerCase().split(','))) this.#add(name, key);
    }
  }

  /** Entries for a name, in the order of the file. */
  of(name: string): readonly KnownKey[] {
    const tried = this.#tried.filter((key) => matches(key.patterns, name));
    return [...(this.#named.get(name) ?? []), ...tried].sort((a, b) => a.line - b.line);
  }

  #add(name: string, key: KnownKey): void {
    const known = this.#named.get(name);
    if (known) known.push(key);
    else this.#named.set(name, [key]);
  }
}

/** A fleet has a line a host, which must not be parsed anew for each. */
const files = new ReadOnce((file) => {
  try {
    return new KnownKeys(parseKnownHosts(readFileSync(file, 'utf8'), file));
  } catch {
    return new KnownKeys([]);
  }
});

/** The keys of a known_hosts file, read again where it has changed since; one that is not there counts as empty. */
export const knownKeys = (file: string): KnownKeys => files.get(file);

/** Entries for a host. One that has none under its port is looked for without, as OpenSSH does. */
export function entriesFor(paths: readonly string[], host: string, port: number): readonly KnownKey[] {
  const under = (name: string): readonly KnownKey[] => paths.flatMap((path) => knownKeys(path).of(name));
  const named = under(knownName(host.toLowerCase(), port));
  return named.length > 0 || port === 22 ? named : under(host.toLowerCase());
}
