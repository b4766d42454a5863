import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import type { Place } from '../model/source.ts';
import type { MapEntry, MapTree, Tree } from '../model/tree.ts';
import { type Faults, nearest } from './faults.ts';
import { hostsOfRange } from './host-range.ts';
import { readMap } from './read-tree.ts';
import { readVars } from './variables.ts';
import { readYaml } from './yaml.ts';

/** A group or a host as inventory files describe it; variables of several files stand in order. */
export interface Described {
  readonly place: Place;
  readonly vars: MapTree[];
}

export interface DescribedGroup extends Described {
  readonly children: Map<string, Place>;
  readonly hosts: Set<string>;
}

/** What the files of an inventory say, before groups are resolved. */
export interface Description {
  readonly groups: Map<string, DescribedGroup>;
  readonly hosts: Map<string, Described>;
}

const GROUP_KEYS = ['hosts', 'vars', 'children'];
const YAML_FORM =
  'Write it as YAML:\nall:\n  children:\n    webservers:\n      hosts:\n        web1: {address: 192.0.2.1}';

/** Reads one inventory file into `description`. */
export function readInventoryFile(path: string, description: Description, faults: Faults): void {
  if (isIni(path)) {
    const place = { file: path, line: 1, column: 1 };
    faults.push(fault('inventory-ini', 'Inventories in INI form are not read.', { help: YAML_FORM, place }));
    return;
  }
  const tree = readYaml(path, faults);
  if (!tree) return;
  const groups = readMap(tree, 'An inventory', faults, YAML_FORM);
  for (const entry of groups?.entries ?? []) readGroup(entry, description, faults);
}

function isIni(path: string): boolean {
  if (/^\.(ini|cfg)$/.test(extname(path))) return true;
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (/^\.(ya?ml|json)$/.test(extname(path))) return /^\[[\w:.-]+\]\s*$/m.test(text);
  const first = text.split('\n').find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line));
  // "web1 ansible_host=…", "[webservers]", or a bare name: none is YAML that an inventory could be.
  return first !== undefined && !/^(---|\{|[^\s=[]+\s*:)/.test(first);
}

function readGroup({ key: name, keyPlace, value }: MapEntry, description: Description, faults: Faults): void {
  checkGroupName(name, keyPlace, faults);
  const group = groupOf(name, keyPlace, description);
  const map = readMap(value, `The group ${name}`, faults, 'Write "hosts:", "vars:" or "children:" below it.');
  for (const entry of map?.entries ?? []) {
    if (entry.key === 'vars') group.vars.push(readVars(entry.value, 'vars', faults));
    else if (entry.key === 'hosts') readHosts(entry.value, group, description, faults);
    else if (entry.key === 'children') readChildren(entry.value, group, description, faults);
    else {
      const help = `${nearest(entry.key, GROUP_KEYS)}Hosts go under "hosts:", groups under "children:", variables under "vars:".`;
      faults.push(
        fault('unknown-keyword', `The group ${name} has no keyword "${entry.key}".`, {
          help,
          place: entry.keyPlace,
        }),
      );
    }
  }
}

function readChildren(tree: Tree, group: DescribedGroup, description: Description, faults: Faults): void {
  const help = 'Write each group as a key of its own: "webservers:".';
  for (const entry of readMap(tree, 'children', faults, help)?.entries ?? []) {
    group.children.set(entry.key, entry.keyPlace);
    readGroup(entry, description, faults);
  }
}

function readHosts(tree: Tree, group: DescribedGroup, description: Description, faults: Faults): void {
  const help = 'Write each host as a key of its own, with a colon: "web1:".';
  for (const { key, keyPlace, value } of readMap(tree, 'hosts', faults, help)?.entries ?? []) {
    const names = hostsOfRange(key);
    const vars = readVars(value, `The host ${key}`, faults);
    if (!names) {
      const remedy = 'Write a range as web[1:3] or db-[a:c], from the lower to the higher.';
      faults.push(fault('host-range', `"${key}" is no range of hosts.`, { help: remedy, place: keyPlace }));
    }
    for (const name of names ?? []) {
      if (!/^[\w.:@-]+$/.test(name)) {
        const remedy = 'Use letters, digits, dots and dashes; the address goes into the variable "address".';
        faults.push(
          fault('host-name', `"${name}" is no name for a host.`, { help: remedy, place: keyPlace }),
        );
      }
      group.hosts.add(name);
      const host = description.hosts.get(name) ?? { place: keyPlace, vars: [] };
      if (vars.entries.length > 0) host.vars.push(vars);
      description.hosts.set(name, host);
    }
  }
}

/** The group of that name, made where it is new. */
export function groupOf(name: string, place: Place, description: Description): DescribedGroup {
  const known = description.groups.get(name);
  if (known) return known;
  const group: DescribedGroup = { place, vars: [], children: new Map(), hosts: new Set() };
  description.groups.set(name, group);
  return group;
}

function checkGroupName(name: string, place: Place, faults: Faults): void {
  if (/^[A-Za-z_]\w*$/.test(name)) return;
  const help = `Use letters, digits and underscores only, such as ${name.replace(/\W/g, '_')}.`;
  faults.push(fault('group-name', `"${name}" is no name for a group.`, { help, place }));
}
