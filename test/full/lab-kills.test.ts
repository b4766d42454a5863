import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { processesOf } from '../lab/driver/contract.ts';
import { TestLab } from '../lab/test-lab.ts';
import fc from '../random.ts';

const TROUPE = fileURLToPath(new URL('../../bin/troupe', import.meta.url));
const TIMES = 50;
/** A lab is up after about ten seconds. */
const LATEST_MS = 12_000;

const state = mkdtempSync(join(tmpdir(), 'troupe-kills-'));
const before = process.env.XDG_STATE_HOME;
const lab = new TestLab('kills', ['one', 'two']);

beforeAll(async () => {
  process.env.XDG_STATE_HOME = state;
  const nic = (n: number) => ({ lab: { nics: [{ segment: 'lan', addresses: [`10.9.0.${n}/24`] }] } });
  lab.describe({ all: { vars: { lab: { memory: 256 } }, hosts: { one: nic(1), two: nic(2) } } });
  await lab.up();
  await lab.down();
});

afterAll(async () => {
  await lab.down();
  rmSync(state, { recursive: true });
  process.env.XDG_STATE_HOME = before;
  if (before === undefined) delete process.env.XDG_STATE_HOME;
});

test(`an up that is killed at any moment is taken down without a rest, ${TIMES} times`, async () => {
  const memory = () => readdirSync('/dev/shm').toSorted();
  const devices = () => readdirSync('/sys/class/net').toSorted();
  const [memoryBefore, devicesBefore] = [memory(), devices()];
  const moments = fc.sample(fc.integer({ min: 0, max: LATEST_MS }), TIMES);
  for (const moment of moments) {
    const up = spawn(process.execPath, [TROUPE, 'lab', 'up', '-i', lab.inventory], {
      env: process.env,
      stdio: 'ignore',
    });
    await pause(moment);
    up.kill('SIGKILL');
    await lab.down();
    const labs = join(state, 'troupe/labs');
    expect({ moment, left: processesOf('kills') }).toEqual({ moment, left: [] });
    expect(existsSync(labs) ? readdirSync(labs) : []).toEqual([]);
    expect(memory()).toEqual(memoryBefore);
    expect(devices()).toEqual(devicesBefore);
  }
});
