import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestLab } from '../test-lab.ts';

// Two labs with the same names and addresses.
const labs = ['left', 'right'].map((name) => ({ name, lab: new TestLab(name, ['one', 'two']) }));
const nic = (n: number) => ({ lab: { nics: [{ segment: 'lan', addresses: [`10.9.0.${n}/24`] }] } });

beforeAll(async () => {
  await Promise.all(
    labs.map(({ lab }) => {
      lab.describe({ all: { vars: { lab: { memory: 256 } }, hosts: { one: nic(1), two: nic(2) } } });
      return lab.up();
    }),
  );
});

afterAll(() => Promise.all(labs.map(({ lab }) => lab.down())));

test('two labs side by side do not see each other', async () => {
  for (const { name, lab } of labs) await lab.on('two', `echo ${name} >/etc/lab`);
  for (const { name, lab } of labs) {
    const [mac, own] = [
      await lab.on('one', 'ping -c 1 -W 5 10.9.0.2 >/dev/null; ip neigh show 10.9.0.2 | cut -d" " -f5'),
      await lab.on('two', 'cat /sys/class/net/lan0/address'),
    ];
    expect(mac).toBe(own);
    expect(await lab.on('two', 'cat /etc/lab')).toBe(name);
  }
});

test('one of them goes, and the other stays', async () => {
  await labs[0]?.lab.down();
  expect(await labs[1]?.lab.on('one', 'ping -c 1 -W 5 10.9.0.2 >/dev/null && echo yes')).toBe('yes');
});
