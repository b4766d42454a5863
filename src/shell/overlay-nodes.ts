import { createHash } from 'node:crypto';
import type { FileRead } from '../model/probe.ts';
import { type Attributes, merge } from './overlay-attributes.ts';

/** What the steps so far would make of a path. `fresh`: nothing of what the host has there remains. `user`: its maker. */
export type Node =
  | { readonly kind: 'absent' }
  | { readonly kind: 'link'; readonly target: string }
  | {
      readonly kind: 'file';
      readonly content: Uint8Array;
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

/** What reading a file of these bytes answers; `expect` is the hash of which the bytes are known already. */
export function readOf(content: Uint8Array, expect: string | undefined): FileRead {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return sha256 === expect ? { exists: true, sha256 } : { exists: true, sha256, content };
}

/** With other attributes, where it has any. */
export function withAttributes(node: Node, given: Attributes): Node {
  return 'attributes' in node ? { ...node, attributes: merge(node.attributes, given) } : node;
}
