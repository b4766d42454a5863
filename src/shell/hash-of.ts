import { hash } from 'node:crypto';
import { type Content, isLocal } from '../model/content.ts';

/** Hashes of bytes that are held: whoever inspects asks for them, and whoever plans asks again. */
const known = new WeakMap<Uint8Array, string>();

/** SHA-256 in lower-case hex. Throws where it is that of a file and was not filled in yet. */
export function hashOf(content: Content): string {
  if (isLocal(content)) {
    if (content.sha256 === undefined) throw new TypeError(`${content.path} was not hashed.`);
    return content.sha256;
  }
  const before = known.get(content);
  if (before !== undefined) return before;
  const made = hash('sha256', content);
  known.set(content, made);
  return made;
}
