import { expect, test } from '@jest/globals';
import { inspectionOf } from '../../../src/execute/inspection.ts';
import type { ReadyItem } from '../../../src/model/compiled.ts';
import type { Probes } from '../../../src/model/probe.ts';
import { stat } from '../../../src/model/probe-makers.ts';
import type { AnyModule, Surroundings } from '../../../src/modules/module.ts';

const around = (host: string) => () => ({ host }) as Surroundings;

function itemOf(inspect: (want: never, around: Surroundings) => Probes): ReadyItem<AnyModule> {
  return { kind: 'ready', want: { path: '/srv/a' }, module: { inspect } as unknown as AnyModule };
}

test('An item that hosts share is inspected once, where its module asks the same of each', () => {
  let times = 0;
  const item = itemOf(({ path }: { path: string }) => {
    times += 1;
    return { there: stat(path) };
  });
  const [one, two] = ['web1', 'web2'].map((host) => inspectionOf(item, around(host)));
  expect(two).toBe(one);
  expect(times).toBe(1);
  expect(inspectionOf({ ...item }, around('web1'))).toEqual(one);
  expect(times).toBe(2);
});

test('A module that looks at the host is asked anew for each', () => {
  const item = itemOf((_want, { host }) => ({ there: stat(`/srv/${host}`) }));
  const paths = ['web1', 'web2'].map((host) => inspectionOf(item, around(host)).probes);
  expect(paths).toEqual([{ there: stat('/srv/web1') }, { there: stat('/srv/web2') }]);
});

test('What leads to a file is asked besides, by the same question for all files', () => {
  const [one, two] = ['a', 'b'].map((name) =>
    inspectionOf(
      itemOf(() => ({ there: stat(`/srv/www/${name}`) })),
      around('web1'),
    ),
  );
  expect(one?.links.map(({ probe }) => probe)).toEqual([stat('/srv'), stat('/srv/www')]);
  expect(two?.links.map(({ key }) => key)).toEqual(one?.links.map(({ key }) => key));
});
