import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inventory, MACHINES } from '../lab/cluster/machines.ts';
import { TestLab } from '../lab/test-lab.ts';

// In the lab's own tests it is part of the web cluster.
const lab = new TestLab('lvs-dr', MACHINES);

beforeAll(async () => {
  lab.describe(inventory({}));
  await lab.up();
}, 600_000);

afterAll(() => lab.down(), 60_000);

test('LVS-DR is built from bare machines, just as planned', async () => {
  const applied = await lab.convergeBare('lvs-dr');
  expect(applied.messages).toContain('web1 6  web2 6');
});
