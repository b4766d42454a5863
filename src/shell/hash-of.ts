import { createHash } from 'node:crypto';
import { type Content, isLocal } from '../model/content.ts';

/** SHA-256 in lower-case hex. Throws where it is that of a file and was not filled in yet. */
export function hashOf(content: Content): string {
  if (!isLocal(content)) return createHash('sha256').update(content).digest('hex');
  if (content.sha256 === undefined) throw new TypeError(`${content.path} was not hashed.`);
  return content.sha256;
}
