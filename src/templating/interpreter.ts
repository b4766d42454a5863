import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { firstUnknown, isMap, isUnknown, type Unknown, type Value } from '../model/value.ts';
import { Evaluator } from './evaluator.ts';
import type { Frame } from './frame.ts';
import { text, truthy } from './helpers.ts';
import type { Scope } from './scope.ts';

type Program = hbs.AST.Program;

/** What a template is rendered with. */
export interface Rendering {
  readonly scope: Scope;
  /** File of the text, where it is one. */
  readonly file: string | undefined;
  /** A template by the name that `{{> name}}` gives. */
  readonly partial: (name: string) => { readonly path: string; readonly program: Program } | undefined;
  /** How many inclusions this one is inside of. */
  readonly depth?: number;
}

/** Templates may include themselves, for trees; deeper than this it is for ever. */
const DEEPEST = 50;

/** Thrown through a text that contains something unknown: all of it is. */
class Pending extends Error {
  readonly value: Unknown;

  constructor(value: Unknown) {
    super(value.reason);
    this.value = value;
  }
}

/**
 * Walks Handlebars' own syntax tree. Handlebars' runtime lets undefined names through in `{{#if x}}`, `{{#each x}}` and
 * helpers' arguments, escapes for HTML and turns every value into text; here undefined is a fault and values keep their type.
 */
export class Interpreter {
  readonly #with: Rendering;
  readonly #evaluator: Evaluator;

  constructor(rendering: Rendering) {
    this.#with = rendering;
    this.#evaluator = new Evaluator(rendering.scope, rendering.file);
  }

  /** The text of a program; unknown where a part of it is. */
  text(program: Program, frame: Frame): string | Unknown {
    try {
      return this.#program(program, frame);
    } catch (error) {
      if (error instanceof Pending) return error.value;
      throw error;
    }
  }

  /** The value of a program that is just one expression. */
  value(statement: hbs.AST.MustacheStatement, frame: Frame): Value {
    return this.#evaluator.call(statement, frame);
  }

  #program(program: Program, frame: Frame): string {
    return program.body.map((statement) => this.#statement(statement, frame)).join('');
  }

  #statement(statement: hbs.AST.Statement, frame: Frame): string {
    switch (statement.type) {
      case 'ContentStatement':
        return (statement as hbs.AST.ContentStatement).value;
      case 'CommentStatement':
        return '';
      case 'MustacheStatement':
        return this.#printed(this.#evaluator.call(statement as hbs.AST.MustacheStatement, frame), statement);
      case 'BlockStatement':
        return this.#block(statement as hbs.AST.BlockStatement, frame);
      case 'PartialStatement':
        return this.#partial(statement as hbs.AST.PartialStatement, frame);
      default:
        throw this.#evaluator.fault(
          'template-syntax',
          `${statement.type} is not supported here.`,
          undefined,
          statement,
        );
    }
  }

  #printed(value: Value, node: hbs.AST.Node): string {
    if (isUnknown(value)) throw new Pending(value);
    const inner = firstUnknown(value);
    if (inner) throw new Pending(inner);
    return this.#evaluator.guard(node, 'This', () => text(value));
  }

  #block(block: hbs.AST.BlockStatement, frame: Frame): string {
    const name = block.path.original;
    const [argument] = block.params;
    if (!argument || !['if', 'unless', 'each', 'with'].includes(name)) {
      throw this.#evaluator.fault(
        'unknown-helper',
        `There is no block '${name}'${argument ? '' : ' without an argument'}.`,
        didYouMean(name, ['if', 'unless', 'each', 'with']),
        block,
      );
    }
    const value = this.#evaluator.expression(argument, frame);
    if (isUnknown(value)) throw new Pending(value);
    const otherwise = () => (block.inverse ? this.#program(block.inverse, frame) : '');
    const names = block.program?.blockParams ?? [];
    if (name === 'if' || name === 'unless') {
      return truthy(value) === (name === 'if') ? this.#program(block.program, frame) : otherwise();
    }
    if (name === 'with') {
      if (!truthy(value)) return otherwise();
      return this.#program(block.program, inner(frame, value, names[0] ? { [names[0]]: value } : {}, {}));
    }
    const entries = this.#entries(value, argument);
    if (entries.length === 0) return otherwise();
    return entries
      .map(([key, item], index) => {
        const params = {
          ...(names[0] ? { [names[0]]: item } : {}),
          ...(names[1] ? { [names[1]]: key } : {}),
        };
        const data = { index, key, first: index === 0, last: index === entries.length - 1 };
        return this.#program(block.program, inner(frame, item, params, data));
      })
      .join('');
  }

  #entries(value: Value, node: hbs.AST.Node): readonly (readonly [string | number, Value])[] {
    if (value === null) return [];
    if (Array.isArray(value)) return (value as readonly Value[]).map((item, index) => [index, item]);
    if (isMap(value)) return Object.entries(value);
    throw this.#evaluator.fault(
      'wrong-type',
      `{{#each}} wants a list or a map, not ${JSON.stringify(value)}.`,
      undefined,
      node,
    );
  }

  #partial(statement: hbs.AST.PartialStatement, frame: Frame): string {
    const name = 'original' in statement.name ? String(statement.name.original) : '';
    const found = this.#with.partial(name);
    if (!found)
      throw this.#evaluator.fault(
        'file-missing',
        `There is no template '${name}' to include.`,
        'Templates are looked for in the role, beside the playbook, and in the project.',
        statement,
      );
    const depth = (this.#with.depth ?? 0) + 1;
    if (depth > DEEPEST)
      throw this.#evaluator.fault(
        'template-circle',
        `The template '${name}' includes itself without end.`,
        'Let an {{#if}} around the inclusion end it.',
        statement,
      );
    const named = this.#evaluator.named(statement.hash, frame);
    const rendered = new Interpreter({ ...this.#with, file: found.path, depth }).#program(
      found.program,
      inner(frame, frame.context ?? {}, named, {}),
    );
    const indent = Reflect.get(statement, 'indent');
    return typeof indent === 'string' && indent !== '' ? rendered.replace(/^(?=.)/gm, indent) : rendered;
  }
}

const inner = (
  parent: Frame,
  context: Value,
  blockParams: Readonly<Record<string, Value>>,
  data: Readonly<Record<string, Value>>,
): Frame => ({ context, blockParams, data, parent });
