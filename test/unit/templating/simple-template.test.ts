import { expect, test } from '@jest/globals';
import { parse } from 'handlebars/dist/cjs/handlebars/compiler/base.js';
import { simpleTemplate } from '../../../src/templating/simple-template.ts';
import fc from '../../random.ts';

test.each([
  '{{vip}}',
  'listen {{ address }}:{{port}}\n',
  '# text only\n',
  '{{a}}{{b_1.c}}\n\n  {{ d }}',
  'a { brace } and {{name}} é 😀\n',
])('text and names are read without the large parser, to the same tree: %j', (text) => {
  expect(simpleTemplate(text)).toEqual(parse(text));
});

test.each([
  '',
  '{{#if a}}b{{/if}}',
  '{{join list ","}}',
  '{{{a}}}',
  '{{a}}}',
  '{{~a}}',
  '{{! not said }}',
  '{{> part}}',
  '{{this}}',
  '{{a.this}}',
  '{{true}}',
  '{{a.[b c]}}',
  '{{list.0}}',
  '{{@index}}',
  '\\{{a}}',
  '{{a',
  '{{a\n}}',
  'a\r\n{{b}}',
])('all else is left to it: %j', (text) => {
  expect(simpleTemplate(text)).toBeUndefined();
});

const words = [
  'a',
  'a.b',
  'as',
  'else',
  'false',
  'if',
  'null',
  'this',
  'this.a',
  'a.this',
  'a.else',
  'trueish',
  '_x9',
  '0',
  'a-b',
];
const braced = fc
  .tuple(fc.constantFrom('{{', '{{ ', '{{  ', '{{{', '{{#', '{{/', '{{~', '{{\n'), fc.constantFrom(...words))
  .chain(([open, word]) =>
    fc.constantFrom('}}', ' }}', '}}}', '~}}', '', ' x}}').map((close) => open + word + close),
  );
const between = fc.constantFrom(
  '',
  ' ',
  'text',
  '\n',
  '\n\n  ',
  '{',
  '}',
  '\\',
  '\\\\',
  '\r\n',
  '\0',
  '\u2028',
  'é😀',
  '[',
  '"',
);

test('whatever it reads, the large parser reads it the same', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(braced, between), { maxLength: 8 }), (parts) => {
      const text = parts.join('');
      const simple = simpleTemplate(text);
      if (simple !== undefined) expect(simple).toEqual(parse(text));
    }),
    { numRuns: 5000 },
  );
});
