import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { firstUnknown, isMap, isUnknown, type Unknown, type Value } from '../model/value.ts';
import { type Frame, partOf } from './frame.ts';
import { helpers, pendingIn, text, truthy } from './helpers.ts';
import { missingPart, namedValue } from './named-value.ts';
import type { Scope } from './scope.ts';
import { HelperFault, TemplateFault } from './template-fault.ts';

type Program = hbs.AST.Program;
type Expression = hbs.AST.Expression;

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

  constructor(rendering: Rendering) {
    this.#with = rendering;
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
    return this.#call(statement, frame);
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
        return this.#printed(this.#call(statement as hbs.AST.MustacheStatement, frame), statement);
      case 'BlockStatement':
        return this.#block(statement as hbs.AST.BlockStatement, frame);
      case 'PartialStatement':
        return this.#partial(statement as hbs.AST.PartialStatement, frame);
      default:
        throw this.#fault(
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
    return this.#guard(node, 'This', () => text(value));
  }

  #block(block: hbs.AST.BlockStatement, frame: Frame): string {
    const name = block.path.original;
    const [argument] = block.params;
    if (!argument || !['if', 'unless', 'each', 'with'].includes(name)) {
      throw this.#fault(
        'unknown-helper',
        `There is no block '${name}'${argument ? '' : ' without an argument'}.`,
        didYouMean(name, ['if', 'unless', 'each', 'with']),
        block,
      );
    }
    const value = this.#expression(argument, frame);
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
    throw this.#fault(
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
      throw this.#fault(
        'file-missing',
        `There is no template '${name}' to include.`,
        'Templates are looked for in the role, beside the playbook, and in the project.',
        statement,
      );
    const depth = (this.#with.depth ?? 0) + 1;
    if (depth > DEEPEST)
      throw this.#fault(
        'template-circle',
        `The template '${name}' includes itself without end.`,
        'Let an {{#if}} around the inclusion end it.',
        statement,
      );
    const named = this.#named(statement.hash, frame);
    const rendered = new Interpreter({ ...this.#with, file: found.path, depth }).#program(
      found.program,
      inner(frame, frame.context ?? {}, named, {}),
    );
    const indent = Reflect.get(statement, 'indent');
    return typeof indent === 'string' && indent !== '' ? rendered.replace(/^(?=.)/gm, indent) : rendered;
  }

  #call(call: hbs.AST.MustacheStatement | hbs.AST.SubExpression, frame: Frame): Value {
    const { path, params, hash } = call;
    if (path.type !== 'PathExpression') {
      if (params.length === 0 && !hash) return this.#expression(path, frame);
      throw this.#fault(
        'template-syntax',
        'A text or a number cannot be called like a helper.',
        'Write {{#if name}}one{{else}}other{{/if}}.',
        call,
      );
    }
    const { original, data } = path as hbs.AST.PathExpression;
    const plain = params.length === 0 && !hash && call.type === 'MustacheStatement';
    if (plain) {
      const value = this.#path(path as hbs.AST.PathExpression, frame);
      if (value !== undefined) return value;
      if (data || !Object.hasOwn(helpers, original))
        throw this.#undefined(path as hbs.AST.PathExpression, frame);
    }
    return this.#helper(original, call, frame);
  }

  #helper(name: string, call: hbs.AST.MustacheStatement | hbs.AST.SubExpression, frame: Frame): Value {
    if (name === 'default') return this.#default(call, frame);
    const args = call.params.map((param) => this.#expression(param, frame));
    const named = this.#named(call.hash, frame);
    const pending = pendingIn(name, args, named);
    if (pending) return pending;
    if (name === 'lookup') {
      const value = partOf(args[0], text(args[1] ?? null));
      if (value !== undefined) return value;
      throw this.#fault(
        'undefined-variable',
        `There is no '${text(args[1] ?? null)}' in what lookup was given.`,
        'Use default for what may be missing.',
        call,
      );
    }
    const helper = Object.hasOwn(helpers, name) ? helpers[name] : undefined;
    if (!helper)
      throw this.#fault(
        'unknown-helper',
        `There is no helper '${name}'.`,
        didYouMean(name, ['default', 'lookup', ...Object.keys(helpers)]),
        call,
      );
    const value = this.#guard(call, name, () => helper(args, named, this.#with.scope));
    if (value === undefined)
      throw this.#fault(
        'undefined-variable',
        `${name} found nothing.`,
        'Use default for what may be missing.',
        call,
      );
    return value;
  }

  /** The first argument that is there, else what the last one is; undefined names are allowed here, unknown ones stay unknown. */
  #default(call: hbs.AST.MustacheStatement | hbs.AST.SubExpression, frame: Frame): Value {
    let last: TemplateFault | undefined;
    for (const param of call.params) {
      try {
        const value = this.#expression(param, frame);
        if (value !== null) return value;
        last = undefined;
      } catch (error) {
        if (!(error instanceof TemplateFault) || error.code !== 'undefined-variable') throw error;
        last = error;
      }
    }
    if (last) throw last;
    return null;
  }

  #named(hash: hbs.AST.Hash | undefined, frame: Frame): Readonly<Record<string, Value>> {
    return Object.fromEntries(
      (hash?.pairs ?? []).map(({ key, value }) => [key, this.#expression(value, frame)]),
    );
  }

  #expression(node: Expression, frame: Frame): Value {
    switch (node.type) {
      case 'StringLiteral':
        return (node as hbs.AST.StringLiteral).value;
      case 'NumberLiteral':
        return (node as hbs.AST.NumberLiteral).value;
      case 'BooleanLiteral':
        return (node as hbs.AST.BooleanLiteral).value;
      case 'NullLiteral':
      case 'UndefinedLiteral':
        return null;
      case 'SubExpression':
        return this.#call(node as hbs.AST.SubExpression, frame);
      default: {
        const path = node as hbs.AST.PathExpression;
        const value = this.#path(path, frame);
        if (value === undefined) throw this.#undefined(path, frame);
        return value;
      }
    }
  }

  #path(path: hbs.AST.PathExpression, frame: Frame): Value | undefined {
    return namedValue(path, frame, this.#with.scope);
  }

  #undefined(path: hbs.AST.PathExpression, frame: Frame): TemplateFault {
    const { summary, help } = missingPart(path, frame, this.#with.scope);
    return this.#fault('undefined-variable', summary, help, path);
  }

  #guard<T>(node: hbs.AST.Node, what: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof HelperFault)
        throw this.#fault('wrong-type', `${what}: ${error.message}.`, error.help, node);
      throw error;
    }
  }

  #fault(code: string, summary: string, help: string | undefined, node: hbs.AST.Node): TemplateFault {
    const { line, column } = node.loc.start;
    return new TemplateFault(code, summary, help, { line, column: column + 1, file: this.#with.file });
  }
}

const inner = (
  parent: Frame,
  context: Value,
  blockParams: Readonly<Record<string, Value>>,
  data: Readonly<Record<string, Value>>,
): Frame => ({ context, blockParams, data, parent });
