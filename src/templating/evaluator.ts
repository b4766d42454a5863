import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Value } from '../model/value.ts';
import { type Frame, partOf } from './frame.ts';
import { helpers, pendingIn, text } from './helpers.ts';
import { missingPart, namedValue } from './named-value.ts';
import type { Scope } from './scope.ts';
import { HelperFault, TemplateFault } from './template-fault.ts';

/** Evaluates what stands between the braces of a template: paths, literals, helpers' calls. Undefined is a fault. */
export class Evaluator {
  readonly #scope: Scope;
  readonly #file: string | undefined;

  constructor(scope: Scope, file: string | undefined) {
    this.#scope = scope;
    this.#file = file;
  }

  /** A call of a helper, or the value of a path. */
  call(call: hbs.AST.MustacheStatement | hbs.AST.SubExpression, frame: Frame): Value {
    const { path, params, hash } = call;
    if (path.type !== 'PathExpression') {
      if (params.length === 0 && !hash) return this.expression(path, frame);
      throw this.fault(
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
    const args = call.params.map((param) => this.expression(param, frame));
    const named = this.named(call.hash, frame);
    const pending = pendingIn(name, args, named);
    if (pending) return pending;
    if (name === 'lookup') {
      const value = partOf(args[0], text(args[1] ?? null));
      if (value !== undefined) return value;
      throw this.fault(
        'undefined-variable',
        `There is no '${text(args[1] ?? null)}' in what lookup was given.`,
        'Use default for what may be missing.',
        call,
      );
    }
    const helper = Object.hasOwn(helpers, name) ? helpers[name] : undefined;
    if (!helper)
      throw this.fault(
        'unknown-helper',
        `There is no helper '${name}'.`,
        didYouMean(name, ['default', 'lookup', ...Object.keys(helpers)]),
        call,
      );
    const value = this.guard(call, name, () => helper(args, named, this.#scope));
    if (value === undefined)
      throw this.fault(
        'undefined-variable',
        `${name} found nothing.`,
        'Use default for what may be missing.',
        call,
      );
    return value;
  }

  /** The first argument that is there, else what the last one is; undefined names are allowed here, unknown ones stay unknown. */
  #default(call: hbs.AST.MustacheStatement | hbs.AST.SubExpression, frame: Frame): Value {
    for (const param of call.params) {
      const value = this.#tried(param, frame);
      if (value !== undefined && value !== null) return value;
    }
    // Only now does it matter what to say of a name that is missing.
    const last = call.params.at(-1);
    return last ? this.expression(last, frame) : null;
  }

  /** The value of an expression; undefined where it hangs on a name that is not defined. */
  #tried(node: hbs.AST.Expression, frame: Frame): Value | undefined {
    if (node.type === 'PathExpression') return this.#path(node as hbs.AST.PathExpression, frame);
    try {
      return this.expression(node, frame);
    } catch (error) {
      if (error instanceof TemplateFault && error.code === 'undefined-variable') return undefined;
      throw error;
    }
  }

  /** Named arguments of a call. */
  named(hash: hbs.AST.Hash | undefined, frame: Frame): Readonly<Record<string, Value>> {
    return Object.fromEntries(
      (hash?.pairs ?? []).map(({ key, value }) => [key, this.expression(value, frame)]),
    );
  }

  expression(node: hbs.AST.Expression, frame: Frame): Value {
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
        return this.call(node as hbs.AST.SubExpression, frame);
      default: {
        const path = node as hbs.AST.PathExpression;
        const value = this.#path(path, frame);
        if (value === undefined) throw this.#undefined(path, frame);
        return value;
      }
    }
  }

  #path(path: hbs.AST.PathExpression, frame: Frame): Value | undefined {
    return namedValue(path, frame, this.#scope);
  }

  #undefined(path: hbs.AST.PathExpression, frame: Frame): TemplateFault {
    const { summary, help } = missingPart(path, frame, this.#scope);
    return this.fault('undefined-variable', summary, help, path);
  }

  /** Puts the place of a node to what a helper complains of. */
  guard<T>(node: hbs.AST.Node, what: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof HelperFault)
        throw this.fault('wrong-type', `${what}: ${error.message}.`, error.help, node);
      throw error;
    }
  }

  /** A fault at the place of a node. */
  fault(code: string, summary: string, help: string | undefined, node: hbs.AST.Node): TemplateFault {
    const { line, column } = node.loc.start;
    return new TemplateFault(code, summary, help, { line, column: column + 1, file: this.#file });
  }
}
