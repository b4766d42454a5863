import { boolCoreTag, floatCoreTag, intCoreTag, NOT_RESOLVED, nullCoreTag } from 'js-yaml';
import type { ScalarTree } from '../model/tree.ts';

type ScalarValue = ScalarTree['value'];

const IMPLICIT = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag] as const;

/** How all that is not a text begins: most texts need no other look. */
const PERHAPS_NO_TEXT = /^(?:$|[-+.~\dfFnNoOtTyY])/;

/**
 * The value of a plain scalar. YAML 1.2, but as Ansible's users expect: yes, no, on and off are booleans. What a number
 * could not keep (a leading zero as in 0644, more digits than fit) stays the text that was written.
 */
export function plainScalar(text: string): ScalarValue {
  if (!PERHAPS_NO_TEXT.test(text)) return text;
  if (/^(yes|Yes|YES|on|On|ON)$/.test(text)) return true;
  if (/^(no|No|NO|off|Off|OFF)$/.test(text)) return false;
  if (/^[-+]?0\d+$/.test(text)) return text;
  for (const tag of IMPLICIT) {
    const value = tag.resolve(text, false, tag.tagName);
    if (value === NOT_RESOLVED) continue;
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : value;
  }
  return text;
}

/** The value of a scalar that bears one of YAML's own tags; the text where it is none of that kind. */
export function taggedScalar(text: string, name: string): ScalarValue {
  const tag = IMPLICIT.find(({ tagName }) => tagName === name);
  if (tag === undefined) return text === '' && !name.endsWith(':str') ? null : text;
  const value = tag.resolve(text, true, name);
  return value === NOT_RESOLVED ? text : value;
}
