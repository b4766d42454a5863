import { expect, test } from '@jest/globals';
import { unknown, type Value } from '../../../src/model/value.ts';
import { outermost } from '../../../src/templating/frame.ts';
import { Interpreter } from '../../../src/templating/interpreter.ts';
import { joinedText } from '../../../src/templating/joined-text.ts';
import { templates } from '../../../src/templating/template.ts';
import { TemplateFault } from '../../../src/templating/template-fault.ts';
import fc from '../../random.ts';
import { scopeOf } from './scope-of.ts';

const scope = scopeOf({
  name: 'web1',
  port: 80,
  on: true,
  off: false,
  nothing: null,
  empty: '',
  zero: 0,
  list: ['x', 'y'],
  map: { inner: 'deep', list: [1] },
  later: unknown('is not known yet'),
  html: '<&">',
  join: 'named as a helper',
});

/** What the interpreter makes of a text, which decides. */
function interpreted(text: string): Value | TemplateFault {
  const program = templates.of(text);
  const rendering = { scope, file: 't.hbs', partial: () => undefined };
  try {
    return new Interpreter(rendering).text(program, outermost);
  } catch (error) {
    if (error instanceof TemplateFault) return error;
    throw error;
  }
}

test.each([
  '{{name}}:{{port}}\n',
  '{{map.inner}} {{map.list.[0]}} {{on}} {{off}} {{zero}} {{html}}',
  'text',
  '{{list.length}}',
])('texts and names are joined: %j', (text) => {
  expect(joinedText(templates.of(text), scope)).toBe(interpreted(text));
});

test.each([
  '{{nobody}}',
  '{{map.nobody}}',
  '{{later}}',
  '{{later.part}}',
  '{{list}}',
  '{{nothing}}',
  '{{upper name}}',
  '{{join list ","}}',
  '{{join list=list}}',
  '{{#if on}}x{{/if}}',
  '{{! said to nobody }}x',
  '{{"literal"}}',
])('all else is left to the interpreter: %j', (text) => {
  expect(joinedText(templates.of(text), scope)).toBeUndefined();
});

test('whatever is joined, the interpreter makes the same of it', () => {
  const names = [
    'name',
    'port',
    'on',
    'nothing',
    'empty',
    'list',
    'list.[1]',
    'map.inner',
    'later',
    'nobody',
    'this',
    '@root.name',
    './name',
    '../name',
    'now',
    'length',
  ];
  const piece = fc.oneof(
    fc.constantFrom('a', '\n', ' ', '{ ', '<b>'),
    fc
      .constantFrom(...names)
      .chain((name) => fc.constantFrom(`{{${name}}}`, `{{{${name}}}}`, `{{~${name}}}`, `{{${name}~}}`)),
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
      const text = pieces.join('');
      const joined = joinedText(templates.of(text), scope);
      if (joined !== undefined) expect(joined).toBe(interpreted(text));
    }),
  );
});
