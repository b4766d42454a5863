import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { chooseOwn, ownConfiguration, ownKey, SOURCES } from '../../../src/lab/uml/own-kernel.ts';

const CONFIGURATION = '# Network.\nCONFIG_NET=y\nCONFIG_INET=y\n';
const [best, second] = SOURCES;
if (!best || !second) throw new Error('two sources are needed');

describe('the key of a kernel', () => {
  test('is another one for another setting, and for another source', () => {
    const keys = [
      ownKey(best, CONFIGURATION),
      ownKey(best, `${CONFIGURATION}CONFIG_IPV6=y\n`),
      ownKey(best, CONFIGURATION.replace('CONFIG_INET=y', 'CONFIG_INET=n')),
      ownKey(second, CONFIGURATION),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('is the same whatever the comments are', () => {
    expect(ownKey(best, `${CONFIGURATION}\n# More.\n`)).toBe(ownKey(best, CONFIGURATION));
  });

  test('is another one for each source', () => {
    expect(new Set(SOURCES.map((source) => ownKey(source, CONFIGURATION))).size).toBe(SOURCES.length);
  });
});

describe('of the kernels that are there', () => {
  const [old, fromBest, fromSecond] = [
    ownKey(best, 'CONFIG_NET=y'),
    ownKey(best, CONFIGURATION),
    ownKey(second, CONFIGURATION),
  ];

  test('the one of the best source is taken, whatever its name sorts like', () => {
    for (const there of [
      [fromBest, fromSecond, 'zzz'],
      ['000', fromSecond, fromBest],
    ])
      expect(chooseOwn(there, CONFIGURATION)).toEqual({ key: fromBest, source: best });
  });

  test('one of another source does, where the best could not be fetched', () => {
    expect(chooseOwn([old, fromSecond], CONFIGURATION)).toEqual({ key: fromSecond, source: second });
  });

  test('none of another configuration is taken, and that is said', () => {
    expect(chooseOwn([old, 'zzz'], CONFIGURATION)).toBe('outdated');
  });

  test('there may be none', () => {
    expect(chooseOwn([], CONFIGURATION)).toBe('none');
  });
});

test('no option has two lines in the configuration', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const options = ownConfiguration(root)
    .split('\n')
    .filter((line) => line.startsWith('CONFIG_'))
    .map((line) => line.replace(/=.*/, ''));
  expect(options.length).toBeGreaterThan(100);
  expect([...new Set(options)]).toEqual(options);
});
