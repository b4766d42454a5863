import { describe, expect, test } from '@jest/globals';
import { type Unknown, unknown, type Value } from '../../../src/model/value.ts';
import { decide, rule } from '../../../src/templating/decision.ts';
import { faultsIn, HERE, scopeOf, valueIn } from './scope-of.ts';

const later: Unknown = unknown('hangs on a result');
const scope = scopeOf({
  a: 7,
  b: 3,
  c: 'd',
  half: 0.5,
  nothing: null,
  yes: true,
  no: false,
  list: [1, 2, 3],
  empty: [],
  names: ['web1', 'web2'],
  map: { port: 80, 'odd-key': 1, inner: { deep: 'x' } },
  services: [
    { name: 'one', port: 80 },
    { name: 'two', port: 443 },
  ],
  later,
  other: unknown('hangs on something else'),
  partly: { known: 1, pending: later },
});
const value = (text: string): Value => valueIn(decide(text, HERE, scope));
const faults = (text: string) => faultsIn(decide(text, HERE, scope));

describe('A condition', () => {
  test.each<[string, Value]>([
    ['a == 7', true],
    ['a > 3 && b < 4', true],
    ['a - (b - 2)', 6],
    ['a - (b - 2) == 6 && yes', true],
    ['(a > b) == (c == "d")', true],
    ["(a > b) == (c == 'd') && yes", true],
    ['((a) - b) * (2 + (1)) == 12 || no', true],
    ['yes && (a - (b - (2 - (1)))) == 5', true],
    ['c == ")" || c == "d"', true],
    ['c == "(" || c + ")" == "d)"', true],
    ["c != '((' && c != \"it's (\" && yes", true],
    ['"a\\")(" != c && yes', true],
    ["r'\\d(' != c && yes", true],
    ['size(list) == 3', true],
    ['list[0] + list[2] == 4 && [1, 2][1] == 2', true],
    ['{"k": a}["k"] == 7 && yes', true],
    ['"web1" in names && !("web3" in names)', true],
    ['map.port == 80 && map["odd-key"] == 1', true],
    ['map.inner.deep == "x"', true],
    ['has(map.port) && !has(map.nothing)', true],
    ['services.exists(s, s.port == 443) && services.all(s, s.port > 0)', true],
    ['services.map(s, s.name)', ['one', 'two']],
    ['services.filter(s, s.port > 100).map(s, s.name) == ["two"]', true],
    ['c.startsWith("d") && c.matches("^[a-z]$")', true],
    ['half < 1.0 && half > 0.25', true],
    ['a > half', true],
    ['yes ? "on" : "off"', 'on'],
    ['no ? later : "off"', 'off'],
    ['nothing == null', true],
    ['c == null', false],
    ['map.port == null || list == null', false],
    ['a != null && nothing == null', true],
    ['empty == [] && size(empty) == 0', true],
    ['list', [1, 2, 3]],
    ['map', { port: 80, 'odd-key': 1, inner: { deep: 'x' } }],
  ])('%s is %j', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test.each<[string, boolean]>([
    ['defined(a)', true],
    ['defined(absent)', false],
    ['defined(nothing)', true],
    ['!defined(absent)', true],
    ['defined(absent) && absent > 1', false],
    ['defined(a) && a > 1', true],
    ['!defined(absent) || absent == "x"', true],
    ['defined(absent) ? absent > 1 : yes', true],
    ['list.exists(x, defined(absent))', false],
  ])('asks for what may be missing: %s is %j', (text, expected) => {
    expect(value(text)).toBe(expected);
  });
});

test.each([
  'bool',
  'bytes',
  'cel',
  'double',
  'google',
  'int',
  'list',
  'map',
  'null_type',
  'optional',
  'string',
  'type',
  'uint',
])('A variable may be called %s as CEL calls something of its own', (name) => {
  const own = scopeOf({ [name]: { x: [1, 2] } });
  const of = (text: string) => valueIn(decide(text, HERE, own));
  expect(of(`size(${name}.x) == 2 && (${name}.x[0] - (${name}.x[1] - 2)) == 1`)).toBe(true);
  expect(of(`${name}.x.exists(i, i == ${name}.x[1]) && defined(${name}) && has(${name}.x)`)).toBe(true);
});

describe('With something unknown', () => {
  test.each<[string, boolean | Unknown]>([
    ['later', later],
    ['later == 1', later],
    ['later.rc == 0', later],
    ['size(later.lines) > 0', later],
    ['!later', later],
    ['later && yes', later],
    ['yes && later', later],
    ['later && no', false],
    ['no && later', false],
    ['later || yes', true],
    ['yes || later', true],
    ['later || no', later],
    ['later && later.x == 1', later],
    ['!(later && no)', true],
    ['!(no || later) ', later],
    ['!(later || yes)', false],
    ['!!(later || yes)', true],
    ['(later || yes) && !(later && no)', true],
    ['later ? yes : no', later],
    ['yes ? no : later', false],
    ['no ? later : yes', true],
    ['(later && no) ? no : yes', true],
    ['later == "x" && (a - (b - 2)) == 7', false],
    ['partly.known == 1', true],
    ['partly.pending == 1', later],
    ['services.exists(s, s.port == later)', later],
    ['defined(absent) && later', false],
  ])('%s is as Kleene has it', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test('the first reason is given', () => {
    expect(rule('later && other', HERE, scope)).toEqual({ kind: 'unknown', reason: 'hangs on a result' });
    expect(rule('other || later', HERE, scope)).toMatchObject({ reason: 'hangs on something else' });
  });

  test('a misspelt name is a fault all the same', () => {
    expect(faults('later && lst == 1')).toMatchObject([{ code: 'undefined-variable' }]);
    expect(faults('no && lst == 1')).toMatchObject([{ code: 'undefined-variable' }]);
  });
});

describe('A faulty condition', () => {
  test.each<[string, string, RegExp, RegExp | undefined]>([
    [
      'servces == 1',
      'undefined-variable',
      /'servces' in the condition servces == 1/,
      /Did you mean "services"/,
    ],
    ['zzzzzz == 1', 'undefined-variable', /'zzzzzz'/, /defined\(zzzzzz\)/],
    ['list.all(x, y > 1)', 'undefined-variable', /'y'/, undefined],
    ['a ==', 'condition-syntax', /cannot be read/, undefined],
    ['(a == 1', 'condition-syntax', /cannot be read/, undefined],
    ['map.prt == 80', 'condition-failed', /No such key: prt/, /has\(map\.key\)/],
    ['list[9] == 1', 'condition-failed', /cannot be decided/, undefined],
    ['a > "x"', 'condition-failed', /cannot be decided/, undefined],
    ['a && yes', 'condition-failed', /7 is neither true nor false/, undefined],
    ['no || c', 'condition-failed', /"d" is neither true nor false/, undefined],
    ['!a', 'condition-failed', /neither true nor false/, undefined],
    ['a ? yes : no', 'condition-failed', /neither true nor false/, undefined],
    ['{{ a }} == 7', 'template-in-condition', /without {{ }}/, /as it is/],
    ['"{{ a }}" == "7"', 'template-in-condition', /without {{ }}/, /as it is/],
    ['defined(absent.key)', 'undefined-variable', /'absent'/, undefined],
    ['defined(map.absent)', 'condition-failed', /No such key/, /has\(map\.key\)/],
    ['type == "x"', 'undefined-variable', /'type'/, undefined],
    ['nothing && yes', 'condition-failed', /null is neither true nor false/, undefined],
  ])('%s: %s', (text, code, summary, help) => {
    const found = faults(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ code, place: HERE });
    expect(found[0]?.summary).toMatch(summary);
    if (help) expect(found[0]?.help).toMatch(help);
  });

  test.each([['a'], ['list'], ['c'], ['nothing'], ['map']])('%s is no condition by itself', (text) => {
    const [found, ...more] = faultsIn(rule(text, HERE, scope));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code: 'condition-type', place: HERE });
    expect(found?.help).toContain('Compare it');
  });

  test('tells of every name that is missing', () => {
    expect(faults('one == two').map(({ summary }) => summary)).toEqual([
      "The variable 'one' in the condition one == two is not defined.",
      "The variable 'two' in the condition one == two is not defined.",
    ]);
  });
});

describe('Of what Ansible would have, the fault says how it is written here:', () => {
  test.each<[string, string]>([
    ['a is defined', 'defined(name)'],
    ['a is not defined', 'defined(name)'],
    ['absent is undefined', 'defined(name)'],
    ['a == 7 and b == 3', '&& for and'],
    ['yes or no', '|| for or'],
    ['not yes', '! for not'],
    ['"web1" not in names', '! for not'],
    ['list | length > 0', 'size(list)'],
    ['list|length > 0', 'size(list)'],

    ['later is changed and yes', 'result.changed'],
    ['later is changed', 'result.changed'],
    ['later is not failed', '!result.failed'],
    ['later is succeeded', '!result.failed'],
    ['c is match("d")', 'matches'],
    ['nothing is none', '== null'],
    ['yes == True', 'true'],
    ['nothing == None', 'null'],
    ['ansible_os_family == "Debian"', 'facts.os.family'],
    ['ansible_facts.os_family == "Debian"', 'facts.os.family'],
  ])('%s', (text, hint) => {
    const [found, ...more] = faults(text);
    expect(more).toEqual([]);
    expect(found?.help).toContain(hint);
  });

  test.each([['absent == "a|b"'], ['absent == "this and that"'], ["absent == 'x is defined'"]])(
    'but not for what stands in quotes: %s',
    (text) => {
      expect(faults(text)[0]?.help).toContain('defined(absent)');
    },
  );
});
