import { readFileSync } from 'node:fs';
import type { SshSettings } from './ssh-settings.ts';

/** A way to prove who we are, in the order in which they are tried. */
export type Identity =
  | { readonly kind: 'key'; readonly file: string; readonly key: Buffer }
  | { readonly kind: 'agent'; readonly socket: string };

export interface Identities {
  readonly usable: readonly Identity[];
  /** Completes "not tried: …": files that were named and could not be used, and why. */
  readonly passedOver: readonly string[];
}

/** Reads a private key: the library's parser, or why it cannot be used. */
export type CheckKey = (key: Buffer) => 'usable' | 'encrypted' | 'unreadable';

/** Key files that were named come before the agent, the usual ones after it. An encrypted one is left to the agent. */
export function identities(settings: SshSettings, check: CheckKey): Identities {
  const passedOver: string[] = [];
  const keys = settings.identityFiles.flatMap((file): readonly Identity[] => {
    let key: Buffer;
    try {
      key = readFileSync(file);
    } catch (error) {
      const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (settings.namedIdentity || !absent)
        passedOver.push(`${file} ${absent ? 'does not exist' : 'cannot be read'}`);
      return [];
    }
    const state = check(key);
    if (state === 'usable') return [{ kind: 'key', file, key }];
    passedOver.push(
      state === 'encrypted' ? `${file} is encrypted` : `${file} is not a private key that we can read`,
    );
    return [];
  });
  const agent: readonly Identity[] = settings.agent ? [{ kind: 'agent', socket: settings.agent }] : [];
  return { usable: settings.namedIdentity ? [...keys, ...agent] : [...agent, ...keys], passedOver };
}
