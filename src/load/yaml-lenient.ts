import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  type YAMLError,
} from 'yaml';
import { STANDARD, type YamlEvent } from './yaml-events.ts';

/** What the parser finds that takes more, such as a closing bracket in the column of its key; or else all its errors. */
export function lenientEvents(text: string): {
  readonly events: readonly YamlEvent[];
  readonly errors: readonly YAMLError[];
} {
  const options = { prettyErrors: false, uniqueKeys: false, resolveKnownTags: false, logLevel: 'silent' };
  const parsed = parseAllDocuments(text, options as { logLevel: 'silent' });
  const documents = Array.isArray(parsed) ? parsed : [];
  const errors = documents.flatMap((document) => document.errors);
  return {
    events: errors.length > 0 ? [] : documents.flatMap((document) => [...eventsOf(document)]),
    errors,
  };
}

function* eventsOf(document: Document.Parsed): Generator<YamlEvent> {
  yield { kind: 'document', start: document.range[0] };
  yield* eventsOfNode(document.contents);
  yield { kind: 'close' };
}

function* eventsOfNode(node: unknown): Generator<YamlEvent> {
  if (isAlias(node)) {
    yield { kind: 'alias', start: startOf(node), name: node.source };
  } else if (isMap(node) || isSeq(node)) {
    const kind = isMap(node) ? 'map' : 'list';
    yield { kind, start: startOf(node), flow: node.flow === true, anchor: node.anchor, tag: tagOf(node) };
    for (const item of node.items) {
      if (isPair(item)) yield* eventsOfNode(item.key);
      yield* eventsOfNode(isPair(item) ? item.value : item);
    }
    yield { kind: 'close' };
  } else if (isScalar(node)) {
    const plain = node.type === 'PLAIN';
    const text = String((plain ? node.source : node.value) ?? '');
    yield { kind: 'scalar', start: startOf(node), text, plain, anchor: node.anchor, tag: tagOf(node) };
  } else {
    yield { kind: 'scalar', start: undefined, text: '', plain: true, anchor: undefined, tag: undefined };
  }
}

const startOf = (node: Node): number => node.range?.[0] ?? 0;

/** The lone ! makes a text of what would be a number. */
const tagOf = ({ tag }: Node): string | undefined => (tag === '!' ? `${STANDARD}str` : tag);
