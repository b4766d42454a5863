import { readFileSync } from 'node:fs';
import { ReadOnce } from './read-once.ts';
import type { SshSettings } from './ssh-settings.ts';

/** A way to prove who we are, in the order in which they are tried. */
export type Identity<K> =
  | { readonly kind: 'key'; readonly file: string; readonly key: K }
  | { readonly kind: 'agent'; readonly socket: string };

export interface Identities<K> {
  readonly usable: readonly Identity<K>[];
  /** Completes "not tried: …": files that were named and could not be used, and why. */
  readonly passedOver: readonly string[];
}

/** A private key, or why it cannot be used. */
export type KeyState<K> =
  | { readonly key: K }
  | { readonly unusable: 'absent' | 'closed' | 'encrypted' | 'unreadable' };

const WHY: Readonly<Record<'absent' | 'closed' | 'encrypted' | 'unreadable', string>> = {
  absent: 'does not exist',
  closed: 'cannot be read',
  encrypted: 'is encrypted',
  unreadable: 'is not a private key that we can read',
};

/** Key files, each read and parsed once for all hosts that it lets us in to. `parse` is the library's parser. */
export const keyFiles = <K>(parse: (bytes: Buffer) => KeyState<K>): ReadOnce<KeyState<K>> =>
  new ReadOnce((file) => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch (error) {
      return { unusable: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'closed' };
    }
    return parse(bytes);
  });

/** Key files that were named come before the agent, the usual ones after it. An encrypted one is left to the agent. */
export function identities<K>(settings: SshSettings, files: ReadOnce<KeyState<K>>): Identities<K> {
  const passedOver: string[] = [];
  const keys = settings.identityFiles.flatMap((file): readonly Identity<K>[] => {
    const state = files.get(file);
    if ('key' in state) return [{ kind: 'key', file, key: state.key }];
    if (settings.namedIdentity || state.unusable !== 'absent')
      passedOver.push(`${file} ${WHY[state.unusable]}`);
    return [];
  });
  const agent: readonly Identity<K>[] = settings.agent ? [{ kind: 'agent', socket: settings.agent }] : [];
  return { usable: settings.namedIdentity ? [...keys, ...agent] : [...agent, ...keys], passedOver };
}
