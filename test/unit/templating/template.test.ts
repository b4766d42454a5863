import { describe, expect, test } from '@jest/globals';
import { type Unknown, unknown, type Value } from '../../../src/model/value.ts';
import { renderFile, renderText } from '../../../src/templating/template.ts';
import { faultsIn, HERE, scopeOf, valueIn } from './scope-of.ts';

const later: Unknown = unknown('hangs on a result');
const scope = scopeOf({
  vip: '192.0.2.10',
  port: 80,
  ratio: 1.5,
  on: true,
  off: false,
  nothing: null,
  blank: '',
  zero: 0,
  list: [1, 2, 3],
  empty: [],
  names: ['web1', 'web2'],
  map: { one: 1, two: { three: 3 }, nil: null },
  services: [
    { name: 'www', port: 80, tags: ['a', 'b'] },
    { name: 'tls', port: 443, tags: [] },
  ],
  later,
  partly: [1, later],
  half: { known: 1, pending: later },
});
const render = (text: string): Value => valueIn(renderText(text, HERE, scope));
const faults = (text: string) => faultsIn(renderText(text, HERE, scope));

describe('A text that is one expression keeps its type:', () => {
  test.each<[string, Value]>([
    ['{{port}}', 80],
    ['{{ port }}', 80],
    ['{{{port}}}', 80],
    ['{{ratio}}', 1.5],
    ['{{on}}', true],
    ['{{off}}', false],
    ['{{nothing}}', null],
    ['{{blank}}', ''],
    ['{{list}}', [1, 2, 3]],
    ['{{map.two}}', { three: 3 }],
    ['{{map.two.three}}', 3],
    ['{{list.[1]}}', 2],
    ['{{services.1.name}}', 'tls'],
    ['{{list.length}}', 3],
    ['{{later}}', later],
    ['{{half}}', { known: 1, pending: later }],
    ['{{half.known}}', 1],
    ['{{half.pending.deeper}}', later],
    ['{{eq port 80}}', true],
    ['{{add port 1}}', 81],
    ['{{range 1 4}}', [1, 2, 3]],
    ['{{default absent list}}', [1, 2, 3]],
    ['{{"text"}}', 'text'],
    ['{{42}}', 42],
  ])('%s', (text, expected) => {
    expect(render(text)).toEqual(expected);
  });
});

describe('A text with more around it is text:', () => {
  test.each<[string, Value]>([
    ['no braces', 'no braces'],
    ['{{vip}}:{{port}}', '192.0.2.10:80'],
    [' {{port}}', ' 80'],
    ['{{port}}\n', '80\n'],
    ['x{{nothing}}x', 'xx'],
    ['{{on}}{{off}}', 'truefalse'],
    ['<{{"a & b"}}>', '<a & b>'],
    ['{{! a comment }}{{port}}', '80'],
    ['\\{{port}} is {{port}}', '{{port}} is 80'],
    ['a {{later}} b', later],
    ['a {{half.known}} b', 'a 1 b'],
  ])('%j', (text, expected) => {
    expect(render(text)).toEqual(expected);
  });
});

describe('Blocks', () => {
  test.each<[string, Value]>([
    ['{{#if on}}yes{{else}}no{{/if}}', 'yes'],
    ['{{#if off}}yes{{else}}no{{/if}}', 'no'],
    ['{{#if off}}yes{{/if}}', ''],
    ['{{#if zero}}yes{{else}}no{{/if}}', 'no'],
    ['{{#if empty}}yes{{else}}no{{/if}}', 'no'],
    ['{{#if nothing}}yes{{else}}no{{/if}}', 'no'],
    ['{{#if off}}1{{else if blank}}2{{else if on}}3{{else}}4{{/if}}', '3'],
    ['{{#unless off}}yes{{/unless}}', 'yes'],
    ['{{#if (eq port 80)}}http{{/if}}', 'http'],
    ['{{#if (default absent false)}}x{{else}}y{{/if}}', 'y'],
    ['{{#if (and on (or off (not off)))}}x{{/if}}', 'x'],
    ['{{#each list}}{{this}},{{/each}}', '1,2,3,'],
    ['{{#each list}}{{.}}{{#unless @last}}, {{/unless}}{{/each}}', '1, 2, 3'],
    ['{{#each names}}{{@index}}={{this}}{{#if @first}}!{{/if}} {{/each}}', '0=web1! 1=web2 '],
    ['{{#each map.two}}{{@key}}:{{this}}{{/each}}', 'three:3'],
    ['{{#each empty}}x{{else}}none{{/each}}', 'none'],
    ['{{#each nothing}}x{{else}}none{{/each}}', 'none'],
    ['{{#each services}}{{name}}:{{port}} {{/each}}', 'www:80 tls:443 '],
    ['{{#each services}}{{vip}}:{{this.port}} {{/each}}', '192.0.2.10:80 192.0.2.10:443 '],
    ['{{#each services as |s i|}}{{i}}{{s.name}}{{/each}}', '0www1tls'],
    ['{{#each services}}{{#each tags}}{{../name}}-{{this}} {{/each}}{{/each}}', 'www-a www-b '],
    ['{{#each services}}{{#each tags}}{{@../index}}{{@index}} {{/each}}{{/each}}', '00 01 '],
    ['{{#each services}}{{#if on}}{{../port}}{{/if}} {{/each}}', '80 80 '],
    ['{{#each services}}{{@root.port}} {{/each}}', '80 80 '],
    ['{{#with map.two}}{{three}}{{/with}}', '3'],
    ['{{#with map.two as |two|}}{{two.three}}{{/with}}', '3'],
    ['{{#with nothing}}x{{else}}none{{/with}}', 'none'],
  ])('%s is %j', (text, expected) => {
    expect(render(text)).toEqual(expected);
  });

  test.each<[string, Value]>([
    ['{{#if later}}a{{else}}b{{/if}}', later],
    ['{{#unless later}}a{{/unless}}', later],
    ['{{#if on}}a{{else}}{{later}}{{/if}}', 'a'],
    ['{{#if off}}{{later}}{{else}}b{{/if}}', 'b'],
    ['{{#if (eq later 1)}}a{{/if}}', later],
    ['{{#if (and off later)}}a{{else}}b{{/if}}', 'b'],
    ['{{#if (and later off)}}a{{else}}b{{/if}}', 'b'],
    ['{{#if (or on later)}}a{{else}}b{{/if}}', 'a'],
    ['{{#if (or later off)}}a{{else}}b{{/if}}', later],
    ['{{#if (not later)}}a{{/if}}', later],
    ['{{#if partly}}a{{/if}}', 'a'],
    ['{{#each later}}{{x}}{{/each}}', later],
    ['{{#each partly}}{{@index}}{{/each}}', '01'],
    ['{{#each partly}}{{this}}{{/each}}', later],
    ['{{#with later}}x{{/with}}', later],
    ['{{default later 1}}', later],
    ['{{default absent later}}', later],
    ['{{upper later}}', later],
    ['{{join names later}}', later],
    ['{{join partly}}', later],
    ['{{to_json half}}', later],
    ['{{eq half half}}', later],
    ['{{in 1 partly}}', true],
    ['{{in 2 partly}}', later],
    ['{{in "pending" half}}', true],
    ['{{sort partly}}', later],
    ['{{length partly}}', 2],
    ['{{first partly}}', 1],
    ['{{last partly}}', later],
    ['{{keys half}}', ['known', 'pending']],
    ['{{concat list partly}}', [1, 2, 3, 1, later]],
    ['{{lookup half "known"}}', 1],
    ['{{lookup later "known"}}', later],
  ])('of something unknown: %s', (text, expected) => {
    expect(render(text)).toEqual(expected);
  });
});

describe('What is not defined is a fault:', () => {
  test.each<[string, RegExp, RegExp]>([
    ['{{vpi}}', /'vpi' is not defined/, /Did you mean "vip"\?/],
    ['a {{vpi}} b', /'vpi' is not defined/, /Did you mean "vip"\?/],
    ['{{qqqqq}}', /'qqqqq' is not defined/, /or use default/],
    ['{{#if prt}}x{{/if}}', /'prt'/, /Did you mean "port"/],
    ['{{#unless prt}}x{{/unless}}', /'prt'/, /Did you mean "port"/],
    ['{{#each nmes}}x{{/each}}', /'nmes'/, /Did you mean "names"/],
    ['{{#with mapp}}x{{/with}}', /'mapp'/, /Did you mean "map"/],
    ['{{upper vpi}}', /'vpi'/, /Did you mean "vip"/],
    ['{{join names sep}}', /'sep'/, /./],
    ['{{#if (eq prt 1)}}x{{/if}}', /'prt'/, /Did you mean "port"/],
    ['{{map.tow}}', /'map.tow' is not defined: there is no 'tow' in 'map'/, /Did you mean "two"/],
    ['{{map.two.thre}}', /there is no 'thre' in 'map.two'/, /Did you mean "three"/],
    ['{{map.tow.three}}', /there is no 'tow' in 'map'/, /Did you mean "two"/],
    ['{{map.nil.x}}', /there is no 'x' in 'map.nil'/, /default/],
    ['{{vip.x}}', /there is no 'x' in 'vip'/, /default/],
    ['{{list.[7]}}', /there is no '7' in 'list'/, /default/],
    ['{{#each services}}{{prt}}{{/each}}', /'prt' is not defined/, /Did you mean "port"/],
    ['{{#each services}}{{this.prt}}{{/each}}', /there is no 'prt' in 'this'/, /Did you mean "port"/],
    ['{{#each services}}{{this.vip}}{{/each}}', /there is no 'vip' in 'this'/, /default/],
    ['{{#each services}}{{../prt}}{{/each}}', /'prt' is not defined/, /Did you mean "port"/],
    ['{{@root.prt}}', /'prt' is not defined/, /Did you mean "port"/],
    ['{{@index}}', /'@index' is not defined/, /\{\{#each\}\}/],
    ['{{this}}', /'this' is not defined/, /\{\{#each\}\}/],
    ['{{default absent other}}', /'other'/, /./],
    ['{{lookup map "tow"}}', /no 'tow' in what lookup was given/, /default/],
    ['{{first empty}}', /first found nothing/, /default/],
  ])('%s', (text, summary, help) => {
    const [found, ...more] = faults(text);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code: 'undefined-variable', severity: 'error', place: HERE });
    expect(found?.summary).toMatch(summary);
    expect(found?.help).toMatch(help);
  });
});

describe('A faulty template', () => {
  test.each<[string, string, RegExp, RegExp]>([
    ['{{uper vip}}', 'unknown-helper', /no helper 'uper'/, /Did you mean "upper"/],
    ['{{#fi on}}x{{/fi}}', 'unknown-helper', /no block 'fi'/, /Did you mean "if"/],
    ['{{#if}}x{{/if}}', 'unknown-helper', /no block 'if' without an argument/, /./],
    ['{{join vip}}', 'wrong-type', /join: a list is wanted, not "192.0.2.10"/, /./],
    ['a {{list}} b', 'wrong-type', /a list or a map has no text/, /join/],
    ['{{#each port}}x{{/each}}', 'wrong-type', /wants a list or a map, not 80/, /./],
    ['{{ipaddr "nonsense"}}', 'wrong-type', /'nonsense' is not an address/, /./],
    ['{{int "x"}}', 'wrong-type', /a number is wanted/, /./],
    ['{{vip', 'template-syntax', /cannot be read/, /./],
    ['{{#if on}}x', 'template-syntax', /cannot be read/, /./],
    ['{{#if on}}x{{/each}}', 'template-syntax', /if doesn't match each/, /./],
    ["{{ vip | default('x') }}", 'template-syntax', /cannot be read/, /\{\{default name "x"\}\}/],
    ['{{ list|length }}', 'template-syntax', /cannot be read/, /\{\{length list\}\}|helper/],
    ["{{ map['one'] }}", 'template-syntax', /cannot be read/, /\{\{lookup map "key"\}\}/],
    ["{{ 'a' if on else 'b' }}", 'template-syntax', /cannot be called/, /\{\{#if/],
    ['{{ port + 1 }}', 'template-syntax', /cannot be read/, /./],
    ['{{> header}}', 'file-missing', /no template 'header'/, /./],
  ])('%s: %s', (text, code, summary, help) => {
    const [found, ...more] = faults(text);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code, place: HERE });
    expect(found?.summary).toMatch(summary);
    expect(found?.help ?? '.').toMatch(help);
  });
});

describe('A template file', () => {
  const file = (text: string, partials: Readonly<Record<string, string>> = {}) =>
    renderFile('etc/x.conf.hbs', text, scope, {
      partials: (name) => {
        const found = partials[name];
        return found === undefined ? undefined : { path: `templates/${name}.hbs`, text: found };
      },
    });

  test('is text also where it is just one expression, and keeps its last newline', () => {
    expect(valueIn(file('{{port}}'))).toBe('80');
    expect(valueIn(file('{{port}}\n'))).toBe('80\n');
  });

  test('has no lines left where its blocks stand alone', () => {
    expect(valueIn(file('a\n{{#each names}}\n- {{this}}\n{{/each}}\nz\n'))).toBe('a\n- web1\n- web2\nz\n');
  });

  test.each<[string, number, number]>([
    ['{{vpi}}', 1, 3],
    ['a\nb {{vpi}}\n', 2, 5],
    ['a\n{{#if vpi}}\n{{/if}}\n', 2, 7],
    ['a\n{{#each services}}\n  {{name}} {{prt}}\n{{/each}}\n', 3, 14],
  ])('has faults with line and column: %j', (text, line, column) => {
    expect(faultsIn(file(text))).toMatchObject([{ place: { file: 'etc/x.conf.hbs', line, column } }]);
  });

  test.each<[string, number]>([
    ['a\n{{vip\n', 2],
    ['a\n\n{{#if on}}x{{/each}}\n', 3],
  ])('that cannot be read has the line: %j', (text, line) => {
    expect(faultsIn(file(text))).toMatchObject([
      { code: 'template-syntax', place: { file: 'etc/x.conf.hbs', line } },
    ]);
  });

  test('includes others, indented as the inclusion is, with arguments of its own', () => {
    const text = 'a\n  {{> part port=8080}}\nz {{port}}\n';
    expect(valueIn(file(text, { part: '{{vip}}\n{{port}}\n' }))).toBe('a\n  192.0.2.10\n  8080\nz 80\n');
  });

  test('that is included is where its faults are', () => {
    expect(faultsIn(file('a\n{{> part}}', { part: '\n\n {{vpi}}' }))).toMatchObject([
      { code: 'undefined-variable', place: { file: 'templates/part.hbs', line: 3, column: 4 } },
    ]);
    expect(faultsIn(file('a\n{{> part}}', { part: '\n\n{{#if on}}' }))).toMatchObject([
      { code: 'template-syntax', place: { file: 'templates/part.hbs' } },
    ]);
  });

  test('that includes itself for ever is a fault', () => {
    expect(faultsIn(file('{{> part}}', { part: 'x{{> part}}' }))).toMatchObject([
      { code: 'template-circle', place: { file: 'templates/part.hbs', line: 1, column: 2 } },
    ]);
  });
});
