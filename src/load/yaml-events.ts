import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from 'js-yaml';

/** What a parser tells of a YAML text, in the order of the text. Offsets are into it. */
export type YamlEvent =
  | YamlScalar
  | YamlCollection
  | { readonly kind: 'alias'; readonly start: number; readonly name: string }
  | { readonly kind: 'close' }
  | { readonly kind: 'document'; readonly start: number };

export interface YamlScalar extends Properties {
  readonly kind: 'scalar';
  /** Where it starts, without its anchor and tag; undefined where not even the ":" or "-" before it is written. */
  readonly start: number | undefined;
  readonly text: string;
  /** Neither in quotes nor a block. */
  readonly plain: boolean;
}

/** A list or a map: what it holds follows, then `close`. */
export interface YamlCollection extends Properties {
  readonly kind: 'list' | 'map';
  readonly start: number;
  /** Written in brackets. */
  readonly flow: boolean;
}

interface Properties {
  readonly anchor: string | undefined;
  /** As in `tag:yaml.org,2002:str`, or `!mine`. */
  readonly tag: string | undefined;
}

export const STANDARD = 'tag:yaml.org,2002:';

/** What may stand between two values, up to the sign that one follows. */
const UP_TO_INDICATOR = /(?:\s|#[^\n]*\n)*[-:?](?=[\s,[\]{}]|$)/y;
const UP_TO_BLOCK_SCALAR = /(?:[\s:?-]|#[^\n]*\n)*(?=[|>])/y;
const UP_TO_BRACKET = /(?:[\s,:]|#[^\n]*\n)*[\]}]/y;
const COLON = /[ \t]*:[ \t]+/y;
const NOTHING_IN_LINE = /[ \t]*(?:#|\r?\n|$)/y;

type Node = ScalarEvent | SequenceEvent | MappingEvent;

/** The events of a YAML text. Throws a `YAMLException` where it is none. */
export function yamlEvents(text: string): readonly YamlEvent[] {
  const reader = new EventReader(text);
  return parseEvents(text, {}).map((event) => reader.read(event));
}

/** Adds to the parser's events what it leaves out: where a missing value or a block would start. */
class EventReader {
  readonly #text: string;
  /** What is open: in brackets, a list of lines that start with "-", or else. */
  readonly #open: ('brackets' | 'dashes' | undefined)[] = [];
  /** Where the last thing that was read ended. */
  #end = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(event: Event): YamlEvent {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.#open.push(undefined);
        return { kind: 'document', start: this.#text.indexOf('---', this.#end) };
      case EVENT_ID.POP:
        this.#close();
        return { kind: 'close' };
      case EVENT_ID.ALIAS:
        this.#end = event.anchorEnd;
        return {
          kind: 'alias',
          start: event.anchorStart - 1,
          name: this.#text.slice(event.anchorStart, event.anchorEnd),
        };
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      default:
        return this.#collection(event);
    }
  }

  #collection(event: SequenceEvent | MappingEvent): YamlCollection {
    const { start } = event;
    const flow = event.style === COLLECTION_STYLE.FLOW;
    // A pair in a list, [a: b], has no bracket of its own.
    const bracket = flow && /[[{]/.test(this.#text.charAt(start));
    // Of `a: &b c: d` the parser makes maps, where YAML has a line end before the inner one.
    if (!flow && this.#past(COLON) === start)
      YAMLException.throwAt(this.#text, start, 'a map in the line of its key');
    this.#open.push(bracket ? 'brackets' : event.type === EVENT_ID.SEQUENCE && !flow ? 'dashes' : undefined);
    this.#end = bracket ? start + 1 : this.#pastProperties(event);
    const kind = event.type === EVENT_ID.SEQUENCE ? 'list' : 'map';
    return { kind, start, flow, anchor: this.#anchorOf(event), tag: this.#tagOf(event) };
  }

  #close(): void {
    const open = this.#open.pop();
    if (open === 'brackets') this.#end = this.#past(UP_TO_BRACKET) ?? this.#end;
    const endOfLine = this.#end === 0 || this.#text[this.#end - 1] === '\n';
    // Of `- "a" b: c` the parser makes an item and a key of the map around it, where its dash is in the column of that key.
    if (open === 'dashes' && !endOfLine && this.#past(NOTHING_IN_LINE) === undefined)
      YAMLException.throwAt(this.#text, this.#end, 'text after the end of a value');
  }

  #scalar(event: ScalarEvent): YamlScalar {
    return {
      kind: 'scalar',
      start: this.#startOf(event),
      text: getScalarValue(this.#text, event),
      plain: event.style === SCALAR_STYLE.PLAIN,
      anchor: this.#anchorOf(event),
      tag: this.#tagOf(event),
    };
  }

  #startOf(event: ScalarEvent): number | undefined {
    const before = this.#end;
    this.#end = this.#pastProperties(event);
    if (event.valueStart < 0) {
      if (this.#end > before) return this.#end;
      const indicated = this.#past(UP_TO_INDICATOR);
      this.#end = indicated ?? this.#end;
      return indicated;
    }
    switch (event.style) {
      case SCALAR_STYLE.PLAIN:
        this.#end = event.valueEnd;
        return event.valueStart;
      case SCALAR_STYLE.SINGLE_QUOTED:
      case SCALAR_STYLE.DOUBLE_QUOTED:
        this.#end = event.valueEnd + 1;
        return event.valueStart - 1;
      default: {
        const start = this.#past(UP_TO_BLOCK_SCALAR) ?? this.#end;
        this.#end = event.valueEnd;
        return start;
      }
    }
  }

  /** Where a pattern that follows what was read last ends. */
  #past(pattern: RegExp): number | undefined {
    pattern.lastIndex = this.#end;
    return pattern.test(this.#text) ? pattern.lastIndex : undefined;
  }

  #pastProperties(event: Node): number {
    return Math.max(this.#end, event.anchorEnd, event.tagEnd);
  }

  #anchorOf(event: Node): string | undefined {
    return event.anchorStart < 0 ? undefined : this.#text.slice(event.anchorStart, event.anchorEnd);
  }

  #tagOf(event: Node): string | undefined {
    if (event.tagStart < 0) return undefined;
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    if (tag.startsWith('!<')) return tag.slice(2, -1);
    // The lone ! makes a text of what would be a number.
    return tag === '!' ? `${STANDARD}str` : tag.replace(/^!!/, STANDARD);
  }
}
