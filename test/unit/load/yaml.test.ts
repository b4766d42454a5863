import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Faults } from '../../../src/load/faults.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import { yamlEvents } from '../../../src/load/yaml-events.ts';
import { lenientEvents } from '../../../src/load/yaml-lenient.ts';
import { treeOf } from '../../../src/load/yaml-tree.ts';
import { plainValue, type Tree } from '../../../src/model/tree.ts';
import fc from '../../random.ts';
import { brief } from './project.ts';

function read(text: string): { value: unknown; faults: readonly string[] } {
  const faults: Faults = [];
  const tree = parseYaml(text, 'a.yml', faults);
  return { value: tree && plainValue(tree), faults: faults.map((one) => brief(one)) };
}

describe('YAML values', () => {
  test.each([
    ['yes', true],
    ['Off', false],
    ['"yes"', 'yes'],
    ['true', true],
    ['0644', '0644'],
    ['0o644', 420],
    ['644', 644],
    ['1.5', 1.5],
    ['12345678901234567890', '12345678901234567890'],
    ['~', null],
    ['', null],
    ['"{{ports}}"', '{{ports}}'],
    ['!!str 80', '80'],
    ['2024-01-01', '2024-01-01'],
    ['52:54:00:12:34:56', '52:54:00:12:34:56'],
    ['|\n  a\n  b\n', 'a\nb\n'],
    ['>-\n  a\n  b\n', 'a b'],
  ])('%j is read as %j', (text, value) => {
    expect(read(`a: ${text}\n`)).toEqual({ value: { a: value }, faults: [] });
  });

  test('keep their key as it was written', () => {
    expect(read('80: a\nyes: b\n1.10: c\n').value).toEqual({ 80: 'a', yes: 'b', '1.10': 'c' });
  });

  test('may come through anchors and merge keys; own keys win', () => {
    const text = 'x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 3\nall: [*x]\n';
    expect(read(text).value).toMatchObject({ z: { b: 1, c: 2, a: 3 }, all: [{ a: 1, b: 1 }] });
  });

  test('and keys carry line and column', () => {
    const tree = parseYaml('a:\n  - b: c\n', 'a.yml', []);
    expect(tree).toMatchObject({
      entries: [
        {
          keyPlace: { file: 'a.yml', line: 1, column: 1 },
          value: {
            items: [
              { place: { line: 2, column: 5 }, entries: [{ value: { place: { line: 2, column: 8 } } }] },
            ],
          },
        },
      ],
    });
  });
});

describe('What one of the two parsers takes alone', () => {
  test.each([
    ['a bracket in the column of its key', 'a: [\n  1,\n]\nb: {\n  c: 2\n}\n', { a: [1], b: { c: 2 } }],
    [
      'an indented comment before the end of a list',
      'a: [ # why\n 1 # one, two\n # no more\n ]\n',
      { a: [1] },
    ],
  ])('%s is read', (_what, text, value) => {
    expect(read(text)).toEqual({ value, faults: [] });
  });

  test.each([
    ['text after an item in the column of its key', 'a:\n- "x" b: c\n', 'yaml-syntax 2:7'],
    ['text after brackets', 'a:\n- {x: 1}b: c\n', 'yaml-syntax 2:9'],
    ['a map after an anchor in the line of a key', 'a: &b c: d\n', 'yaml-syntax 1:4'],
  ])('%s is refused', (_what, text, fault) => {
    expect(read(text).faults).toEqual([expect.stringContaining(fault)]);
  });

  const files = ['roles', 'playbooks', 'test/modules', 'test/unit/load/faulty'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yml'))
      .map((name) => join(folder, name)),
  );

  test('is little: of all files here they make the same', () => {
    expect(files.length).toBeGreaterThan(500);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      const { events, errors } = lenientEvents(text);
      if (errors.length > 0) expect(() => yamlEvents(text)).toThrow();
      else expect(treeOf(yamlEvents(text), text, file, [])).toEqual(treeOf(events, text, file, []));
    }
  });
});

describe('YAML faults', () => {
  test('an anchor that contains itself', () => {
    expect(read('a: &a [*a]\n').faults).toEqual(['yaml-alias 1:8 *a contains itself.']);
  });

  test('aliases that multiply until memory ends', () => {
    const lines = Array.from(
      { length: 20 },
      (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}, *a${i}]`,
    );
    expect(read(`a0: &a0 x\n${lines.join('\n')}\n`).faults).toEqual([
      expect.stringMatching(/^yaml-too-large .*More than 200000 values\.$/),
    ]);
  });

  test('a file of ansible-vault', () => {
    expect(read('$ANSIBLE_VAULT;1.1;AES256\n6162\n').faults[0]).toMatch(/^not-supported-yet 1:1/);
  });

  test('what is merged is no map, a tag means nothing, a key is a list', () => {
    expect(read('a:\n  <<: b\nc: !mine d\n? [e]\n: f\n').faults).toEqual([
      'yaml-merge 2:7 << takes a map.',
      'yaml-tag 3:10 The tag !mine means nothing here.',
      'yaml-key 4:3 A key is a plain text.',
    ]);
  });

  test('of several lines are all reported, consequences are not', () => {
    const { faults } = read('a: {{ b }}/c\nb: @x\n');
    expect(faults).toEqual([
      'yaml-unquoted-braces 1:4 A value that starts with {{ must be quoted.',
      'yaml-syntax 2:4 A value cannot start with @ unless it is quoted.',
    ]);
  });
});

test('Any text is either read or refused at a place within it', () => {
  const pieces = fc.constantFrom(
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&a ',
    '*a',
    '<<',
    '\t',
    '|',
    '#',
    '!',
    ',',
    '?',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      const faults: Faults = [];
      const tree: Tree | undefined = parseYaml(text, 'a.yml', faults);
      expect(tree === undefined).toBe(faults.length > 0);
      const lines = text.split('\n').length;
      for (const { place } of faults) {
        expect(place?.line).toBeGreaterThanOrEqual(1);
        expect(place?.line).toBeLessThanOrEqual(lines);
      }
    }),
    { numRuns: 2000 },
  );
});
