import { type Content, isLocal, sizeOf } from '../model/content.ts';
import type { FileRead, ReadFile } from '../model/probe.ts';
import { type Unknown, unknown } from '../model/value.ts';
import { hashOf } from './hash-of.ts';
import { type Attributes, merge } from './overlay-attributes.ts';

/** What the steps so far would make of a path. `fresh`: nothing of what the host has there remains. `user`: its maker. */
export type Node =
  | { readonly kind: 'absent' }
  | { readonly kind: 'link'; readonly target: string }
  | {
      readonly kind: 'file';
      readonly content: Content;
      readonly fresh: boolean;
      readonly user: string;
      readonly attributes: Attributes;
    }
  | {
      readonly kind: 'directory';
      readonly fresh: boolean;
      readonly user: string;
      readonly attributes: Attributes;
    }
  | { readonly kind: 'altered'; readonly attributes: Attributes };

/** What reading a file of these bytes answers; of `expect`, the hash, the bytes are known already. */
export function readOf(
  content: Content,
  { expect, most = Number.POSITIVE_INFINITY }: Pick<ReadFile, 'expect' | 'most'>,
): FileRead | Unknown {
  const sha256 = hashOf(content);
  if (sha256 === expect || sizeOf(content) > most) return { exists: true, sha256 };
  return isLocal(content)
    ? unknown(`${content.path} is too large to be looked into before it is on the host`)
    : { exists: true, sha256, content };
}

/** With other attributes, where it has any. */
export function withAttributes(node: Node, given: Attributes): Node {
  return 'attributes' in node ? { ...node, attributes: merge(node.attributes, given) } : node;
}
