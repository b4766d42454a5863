import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chooseDriver, demandedDriver } from '../../../src/lab/choose-driver.ts';

const before = process.env.TROUPE_LAB_DRIVER;
beforeEach(() => {
  delete process.env.TROUPE_LAB_DRIVER;
});
afterEach(() => {
  if (before !== undefined) process.env.TROUPE_LAB_DRIVER = before;
});

test('a driver that is demanded is the only one that is tried', async () => {
  process.env.TROUPE_LAB_DRIVER = 'tcg';
  const { driver, passedOver } = await chooseDriver({ root: '.', onProgress: () => {} });
  expect([driver.name, passedOver]).toEqual(['tcg', []]);
});

test('nothing is demanded by an empty name', () => {
  process.env.TROUPE_LAB_DRIVER = '';
  expect(demandedDriver()).toBeUndefined();
});

test('a name that is no driver is refused with those that are', () => {
  process.env.TROUPE_LAB_DRIVER = 'qemu';
  expect(() => demandedDriver()).toThrow('TROUPE_LAB_DRIVER is "qemu", which is no driver of the lab.');
});
