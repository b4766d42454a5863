import { parse as parseTemplate } from 'handlebars/dist/cjs/handlebars/compiler/base.js';
import { fault } from '../diagnostics/trouble.ts';
import type { Place } from '../model/source.ts';
import type { Tree } from '../model/tree.ts';
import type { Value } from '../model/value.ts';
import { outermost } from './frame.ts';
import { Interpreter, type Rendering } from './interpreter.ts';
import { joinedText } from './joined-text.ts';
import type { Rendered } from './outcome.ts';
import { ParseOnce } from './parse-once.ts';
import type { Scope } from './scope.ts';
import { simpleTemplate } from './simple-template.ts';
import { TemplateFault } from './template-fault.ts';

/** What a template may draw on besides its scope. */
export interface TemplateOptions {
  /** A template's text, by the name that `{{> name}}` gives. */
  readonly partials?: (name: string) => { readonly path: string; readonly text: string } | undefined;
}

/** The templates of a run, texts of YAML and files alike. */
export const templates = new ParseOnce((text) => simpleTemplate(text) ?? parseTemplate(text));

/** Renders a text of YAML. One that is just an expression keeps the expression's type; what holds an unknown is unknown. */
export function renderText(
  text: string,
  place: Place,
  scope: Scope,
  options: TemplateOptions = {},
): Rendered {
  if (!text.includes('{{')) return { kind: 'value', value: text };
  return guard(
    () => {
      const program = parse(text);
      const interpreter = new Interpreter(rendering(scope, undefined, options));
      const [only, ...more] = program.body;
      return only?.type === 'MustacheStatement' && more.length === 0
        ? interpreter.value(only as hbs.AST.MustacheStatement, outermost)
        : (joinedText(program, scope) ?? interpreter.text(program, outermost));
    },
    // Where in the scalar depends on how it was quoted and folded; its start is right for all.
    (error) =>
      error.file === undefined ? place : { file: error.file, line: error.line, column: error.column },
  );
}

/** Renders a template file; its trailing newline stays. Faults point into the file. */
export function renderFile(
  path: string,
  text: string,
  scope: Scope,
  options: TemplateOptions = {},
): Rendered {
  return guard(
    () => {
      const program = parse(text);
      return (
        joinedText(program, scope) ??
        new Interpreter(rendering(scope, path, options)).text(program, outermost)
      );
    },
    (error) => ({ file: error.file ?? path, line: error.line, column: error.column }),
  );
}

/** Renders every text of a tree; keys stay as they are. Collects the faults of all parts. */
export function renderTree(tree: Tree, scope: Scope, options: TemplateOptions = {}): Rendered {
  if (tree.kind === 'scalar') {
    return typeof tree.value === 'string'
      ? renderText(tree.value, tree.place, scope, options)
      : { kind: 'value', value: tree.value };
  }
  const parts = tree.kind === 'list' ? tree.items : tree.entries.map((entry) => entry.value);
  const rendered = parts.map((part) => renderTree(part, scope, options));
  const diagnostics = rendered.flatMap((one) => (one.kind === 'faulty' ? one.diagnostics : []));
  if (diagnostics.length > 0) return { kind: 'faulty', diagnostics };
  const values = rendered.flatMap((one) => (one.kind === 'value' ? [one.value] : []));
  if (tree.kind === 'list') return { kind: 'value', value: values };
  const entries = tree.entries.map((entry, index): [string, Value] => [entry.key, values[index] ?? null]);
  return { kind: 'value', value: Object.fromEntries(entries) };
}

function parse(text: string, file?: string): hbs.AST.Program {
  try {
    return templates.of(text);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const [, line = '1', column] = /(?:on line|-) (\d+)(?::(\d+))?/.exec(said) ?? [];
    const why = said
      .split('\n')
      .filter((part) => !/^-+\^?$/.test(part))
      .slice(0, 2)
      .join(' ');
    throw new TemplateFault(
      'template-syntax',
      `The template cannot be read: ${why}`,
      hintFor(text.split('\n')[Number(line) - 1] ?? ''),
      { line: Number(line), column: Number(column ?? 0) + 1, file },
    );
  }
}

/** What somebody who knows Jinja would write on a line, and how it is written here. */
function hintFor(line: string): string {
  if (/[^|]\|[^|]/.test(line.replace(/\bas \|[^|]*\|/g, '')))
    return 'A filter is a helper here: {{default name "x"}} for name | default("x"), {{length list}} for list | length.';
  if (/\w\[/.test(line)) return 'Write {{list.[0]}}, {{map.key}}, or {{lookup map "key"}} for map["key"].';
  return 'An expression is {{name}}, a block {{#if name}} … {{/if}}.';
}

const rendering = (scope: Scope, file: string | undefined, { partials }: TemplateOptions): Rendering => ({
  scope,
  file,
  partial: (name) => {
    const found = partials?.(name);
    return found && { path: found.path, program: parse(found.text, found.path) };
  },
});

function guard(work: () => Value, placeOf: (error: TemplateFault) => Place): Rendered {
  try {
    return { kind: 'value', value: work() };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    const help = error.help === undefined ? {} : { help: error.help };
    return {
      kind: 'faulty',
      diagnostics: [fault(error.code, error.message, { place: placeOf(error), ...help })],
    };
  }
}
