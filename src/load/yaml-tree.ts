import { fault } from '../diagnostics/trouble.ts';
import type { Place } from '../model/source.ts';
import type { MapEntry, ScalarTree, Tree } from '../model/tree.ts';
import type { Faults } from './faults.ts';
import { STANDARD, type YamlCollection, type YamlEvent, type YamlScalar } from './yaml-events.ts';
import { unquotedBraces } from './yaml-faults.ts';
import { Places } from './yaml-places.ts';
import { plainScalar, taggedScalar } from './yaml-scalars.ts';

/** Aliases multiply: a file that grows past this many values is refused. */
const MOST_VALUES = 200_000;
const STANDARD_TAGS = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((n) => STANDARD + n));

/** What an anchor marks: no tree while it is still read. Trees never change, so all aliases of it share one. */
interface Anchored {
  tree?: Tree;
  values: number;
}

/** The events of a YAML text as a tree with places. Undefined where a fault was found in it. */
export function treeOf(
  events: readonly YamlEvent[],
  text: string,
  file: string,
  faults: Faults,
): Tree | undefined {
  const before = faults.length;
  const tree = new TreeReader(events, text, file, faults).document();
  return faults.length > before ? undefined : tree;
}

class TreeReader {
  readonly #events: readonly YamlEvent[];
  readonly #places: Places;
  readonly #faults: Faults;
  readonly #anchors = new Map<string, Anchored>();
  #next = 0;
  #values = 0;

  constructor(events: readonly YamlEvent[], text: string, file: string, faults: Faults) {
    this.#events = events;
    this.#places = new Places(text, file);
    this.#faults = faults;
  }

  /** The only document of a file; a file without one is null. */
  document(): Tree {
    const start = this.#places.at(0);
    if (this.#events.length === 0) return nothing(start);
    this.#next++;
    const tree = this.#node(start);
    const second = this.#events[this.#next + 1];
    if (second?.kind === 'document') {
      const help = 'Put each document in a file of its own, and remove the "---" between them.';
      const summary = 'A file holds one YAML document, this one has more.';
      this.#fault('yaml-documents', summary, help, this.#places.at(Math.max(second.start, 0)));
    }
    return tree;
  }

  /** The next value; `near` is the place of one that is not written at all. */
  #node(near: Place): Tree {
    const event = this.#events[this.#next++];
    if (event === undefined || event.kind === 'document' || event.kind === 'close')
      throw new Error('the events of a YAML text do not fit together');
    const place = event.start === undefined ? near : this.#places.at(event.start);
    if (event.kind === 'alias') return this.#alias(event.name, place);
    if (event.anchor === undefined) return this.#value(event, place);
    const before = this.#values;
    const anchored: Anchored = { values: 0 };
    this.#anchors.set(event.anchor, anchored);
    anchored.tree = this.#value(event, place);
    anchored.values = this.#values - before;
    return anchored.tree;
  }

  #value(event: YamlScalar | YamlCollection, place: Place): Tree {
    this.#count(1, place);
    if (event.tag !== undefined && !STANDARD_TAGS.has(event.tag)) this.#foreignTag(event.tag, place);
    switch (event.kind) {
      case 'scalar':
        return { kind: 'scalar', place, value: scalarValue(event) };
      case 'list':
        return { kind: 'list', place, items: this.#items(place) };
      case 'map':
        return { kind: 'map', place, entries: this.#entries(event.flow, place) };
    }
  }

  /** True once the list or map that is read has ended; the event that says so is then taken. */
  #closed(): boolean {
    if (this.#events[this.#next]?.kind !== 'close') return false;
    this.#next++;
    return true;
  }

  #items(near: Place): readonly Tree[] {
    const items: Tree[] = [];
    while (!this.#closed()) items.push(this.#node(near));
    return items;
  }

  /** Entries in order; `<<` brings in those keys of other maps that this one does not have. */
  #entries(flow: boolean, place: Place): readonly MapEntry[] {
    const own = new Map<string, MapEntry>();
    const merged = new Map<string, MapEntry>();
    while (!this.#closed()) {
      const event = this.#events[this.#next];
      if (event?.kind !== 'scalar') {
        this.#badKey(flow, place);
        continue;
      }
      this.#next++;
      const { text: key, plain } = event;
      const keyPlace = event.start === undefined ? place : this.#places.at(event.start);
      if (plain && key === '<<') {
        this.#merge(merged, this.#node(keyPlace));
        continue;
      }
      if (plain && flow && /\s/.test(key)) this.#withoutColon(key, keyPlace);
      const first = own.get(key);
      if (first) {
        const help = `Remove one of them; the first is in line ${first.keyPlace.line}.`;
        this.#fault('yaml-duplicate-key', `The key "${key}" is there twice.`, help, keyPlace);
      }
      own.set(key, { key, keyPlace, value: this.#node(keyPlace) });
    }
    if (merged.size === 0) return [...own.values()];
    return [...[...merged.values()].filter((entry) => !own.has(entry.key)), ...own.values()];
  }

  #withoutColon(key: string, place: Place): void {
    const value = this.#events[this.#next];
    if (value?.kind !== 'scalar' || value.start !== undefined) return;
    const help = 'Quote the value before it: within { } a comma ends a value.';
    this.#fault('yaml-comma-in-braces', `"${key}" has no value.`, help, place);
  }

  #merge(merged: Map<string, MapEntry>, source: Tree): void {
    for (const map of source.kind === 'list' ? source.items : [source]) {
      if (map.kind === 'map') {
        for (const entry of map.entries) if (!merged.has(entry.key)) merged.set(entry.key, entry);
      } else {
        const help = 'Write "<<: *name", where &name marks a map, or a list of such.';
        this.#fault('yaml-merge', '<< takes a map.', help, map.place);
      }
    }
  }

  /** A key that is a list, a map or an alias, and its value. */
  #badKey(flow: boolean, place: Place): void {
    const event = this.#events[this.#next];
    const known = this.#faults.length;
    const key = this.#node(place);
    this.#node(place);
    this.#faults.length = known;
    // {{ x }} is, to YAML, a map whose only key is a map.
    if (flow && event?.kind === 'map' && event.flow && key.kind === 'map') {
      const inside = key.entries.map((entry) => entry.key).join(' ');
      this.#faults.push(unquotedBraces(place, `{{ ${inside} }}`));
    } else this.#fault('yaml-key', 'A key is a plain text.', 'Write "key: value".', key.place);
  }

  #alias(name: string, place: Place): Tree {
    const anchored = this.#anchors.get(name);
    if (anchored?.tree) {
      this.#count(anchored.values, place);
      return anchored.tree;
    }
    if (anchored) this.#fault('yaml-alias', `*${name} contains itself.`, 'Write the value out.', place);
    else {
      const help = `Write &${name} before the value that is meant, or quote the * if it is none.`;
      this.#fault('yaml-alias', `There is no anchor &${name} above this line.`, help, place);
    }
    return nothing(place);
  }

  #foreignTag(tag: string, place: Place): void {
    if (tag === '!vault') {
      const help = 'Give the variable with -e @file, from a file that only you may read.';
      this.#fault('not-supported-yet', 'Encrypted values (!vault) are not supported yet.', help, place);
    } else {
      const help = 'Remove the tag, or quote the value.';
      this.#fault('yaml-tag', `The tag ${tag.replace(STANDARD, '!!')} means nothing here.`, help, place);
    }
  }

  #count(values: number, place: Place): void {
    const before = this.#values;
    this.#values += values;
    if (before > MOST_VALUES || this.#values <= MOST_VALUES) return;
    const help = 'Look for aliases (*name) inside of anchors (&name) that multiply each other.';
    this.#fault('yaml-too-large', `More than ${MOST_VALUES} values.`, help, place);
  }

  #fault(code: string, summary: string, help: string, place: Place): void {
    this.#faults.push(fault(code, summary, { help, place }));
  }
}

function scalarValue({ text, plain, tag }: YamlScalar): ScalarTree['value'] {
  if (tag !== undefined) return taggedScalar(text, tag);
  return plain ? plainScalar(text) : text;
}

const nothing = (place: Place): ScalarTree => ({ kind: 'scalar', place, value: null });
