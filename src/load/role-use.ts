import { fault } from '../diagnostics/trouble.ts';
import type { Located, RoleUse } from '../model/playbook.ts';
import type { MapTree, Tree } from '../model/tree.ts';
import { type Faults, notSupportedYet } from './faults.ts';
import { NOT_YET } from './keywords.ts';
import { booleanOf, readBecome, readTags, textOf, textsOf, varsOf } from './node-keywords.ts';
import { emptyMap, readList, readText, wrongType } from './read-tree.ts';
import { checkName, mergeMaps } from './variables.ts';

const KEYWORDS = ['role', 'name', 'when', 'tags', 'vars', 'become', 'become_user', 'become_method', 'prune'];

/** Reads `roles:` of a play or `dependencies:` of a role: names, or maps with `role` and its arguments. */
export function readRoleUses(tree: Tree, what: string, faults: Faults): readonly RoleUse[] {
  return (readList(tree, what, faults) ?? []).flatMap((item) => readRoleUse(item, faults) ?? []);
}

function readRoleUse(item: Tree, faults: Faults): RoleUse | undefined {
  if (item.kind === 'scalar') {
    const role = readText(item, 'A role', faults);
    return role && { role, vars: emptyMap(item.place), tags: [] };
  }
  if (item.kind === 'list') {
    return wrongType(item, 'A role', 'a name or a map', faults, 'Write "- director" or "- role: director".');
  }
  const become = readBecome(item, faults);
  const when = joined(textsOf(item, 'when', faults));
  const prune = booleanOf(item, 'prune', faults)?.value;
  const use = {
    vars: mergeMaps(varsOf(item, faults), argumentsOf(item, faults)),
    tags: readTags(item, faults),
    ...(prune && { prune }),
    ...(when && { when }),
    ...(become && { become }),
  };
  const role = textOf(item, 'role', faults) ?? textOf(item, 'name', faults);
  if (role) return { role, ...use };
  const help = 'Write "role: NAME", with its arguments beside it.';
  faults.push(fault('role-without-name', 'This names no role.', { help, place: item.place }));
  return undefined;
}

/** Keys that are no keywords are the role's arguments. */
function argumentsOf(item: MapTree, faults: Faults): MapTree {
  const entries = item.entries.filter(({ key, keyPlace }) => {
    if (KEYWORDS.includes(key)) return false;
    const help = NOT_YET.get(key);
    // A port is an argument of many a role; as a keyword it would be the connection's.
    if (help !== undefined && key !== 'port' && key !== 'timeout') {
      notSupportedYet(`"${key}" of a role`, help, keyPlace, faults);
      return false;
    }
    checkName(key, keyPlace, faults);
    return true;
  });
  return { kind: 'map', place: item.place, entries };
}

/** Conditions in a list must all hold. */
function joined(conditions: readonly Located<string>[]): Located<string> | undefined {
  const [first, ...rest] = conditions;
  if (!first || rest.length === 0) return first;
  return { value: conditions.map((one) => `(${one.value})`).join(' && '), place: first.place };
}
