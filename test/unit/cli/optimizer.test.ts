import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';

const OPTIMIZER = fileURLToPath(new URL('../../../bin/optimizer.cjs', import.meta.url));
const isMeasured = process.version.startsWith('v20.');

/** Calls of a function until V8 has optimized it, in a process that has run something first. */
function callsUntilOptimized(first: string): number {
  const program = `
    const optimizer = require(${JSON.stringify(OPTIMIZER)});
    ${first}
    const length = (list) => { let sum = 0; for (const one of list) sum += one.length; return sum; };
    const list = ['a', 'bb', 'ccc'];
    const TURBOFANNED = 1 << 6;
    let calls = 0;
    while ((%GetOptimizationStatus(length) & TURBOFANNED) === 0 && calls < 1e6) {
      length(list);
      calls += 1;
    }
    console.log(calls);`;
  const flags = ['--allow-natives-syntax', '--no-concurrent-recompilation', '--input-type=commonjs'];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return Number(stdout);
}

(isMeasured ? describe : describe.skip)('a function is optimized', () => {
  let usual = 0;
  beforeAll(() => {
    usual = callsUntilOptimized('');
    expect(usual).toBeGreaterThan(100);
  });

  test('after several times as many calls as Node gives it', () => {
    expect(callsUntilOptimized('optimizer.putOff(true);')).toBeGreaterThan(5 * usual);
  });

  test('but it is: a long run is not left to the interpreter', () => {
    expect(callsUntilOptimized('optimizer.putOff(true);')).toBeLessThan(20 * usual);
  });

  test('as usual once that is taken back', () => {
    expect(callsUntilOptimized('optimizer.putOff(false); optimizer.takeBack();')).toBe(usual);
  });
});
