import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Trouble } from '../../../src/diagnostics/trouble.ts';
import { FakeHost } from '../../../src/hosts/fake.ts';
import { FAKE_FACTS } from '../../../src/hosts/fake-world.ts';
import type { Change, TaskFinished } from '../../../src/model/event.ts';
import type { Answer, Probe } from '../../../src/model/probe.ts';
import { modules } from '../../../src/modules/index.ts';
import { paramsSchema } from '../../../src/modules/module-schema.ts';
import { type Ran, ran } from '../execute/ran.ts';
import { drawnParams } from './drawn-params.ts';

/** Modules that change a host, or hang on what others change; the rest asks the world, or just says something. */
const NAMES = [
  ...['command', 'copy', 'file', 'hosts_entry', 'ip_address', 'ipvs_service', 'lineinfile', 'modprobe'],
  ...['package', 'route', 'service', 'shell', 'stat', 'sysctl'],
] as const;

interface Drawn {
  readonly module: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const task = fc.constantFrom(...NAMES).chain((name): fc.Arbitrary<Drawn> => {
  const module = modules.get(name);
  if (!module) throw new Error(`There is no module ${name}.`);
  return drawnParams(name, paramsSchema(module))
    .filter((params) => module.params.safeParse(params).success && !('src' in params && name === 'copy'))
    .map((params) => ({ module: name, params }));
});

/** A host on which every program that a task asks succeeds and says nothing; network devices are up. */
function hostFor(tasks: readonly Drawn[]): FakeHost {
  const around = { facts: FAKE_FACTS, mode: 'plan' } as const;
  const asked = tasks.flatMap(({ module: name, params }): readonly Probe[] => {
    const module = modules.get(name);
    return Object.values(module?.inspect(module.params.parse(params), around) ?? {});
  });
  const captures = asked.flatMap((probe): readonly (readonly [Probe, Answer])[] => {
    if (probe.kind !== 'capture') return [];
    const link = probe.argv.includes('link')
      ? `2: ${probe.argv.at(-1)}: <BROADCAST,UP,LOWER_UP> mtu 1500\n`
      : '';
    const stdout = probe.argv[0] === 'modprobe' ? `insmod /lib/modules/x/${probe.argv.at(-1)}.ko\n` : link;
    return [[probe, { rc: 0, stdout, stderr: '', missing: false }]];
  });
  return new FakeHost({
    directories: { '/srv': {}, '/srv/d': { mode: 0o750 }, '/etc/sysctl.d': {} },
    files: { '/srv/a': 'one\ntwo\n', '/etc/hosts': '127.0.0.1 localhost\n' },
    links: { '/srv/l': 'a' },
    packages: { openssh: '9' },
    units: { 'ssh.service': { active: 'active', enabled: 'enabled' } },
    sysctls: { 'net.ipv4.ip_forward': '0', 'net.ipv4.conf.lan0.rp_filter': '2' },
    answers: captures,
  });
}

const files = (tasks: readonly Drawn[]) => ({
  'site.yml': JSON.stringify([
    {
      hosts: 'all',
      tasks: tasks.map(({ module, params }, index) => ({ name: `${index} ${module}`, [module]: params })),
    },
  ]),
});

/** Told by the plan, and so to be kept; what was there before may be known only when applied. */
const told = ({ changes }: TaskFinished) =>
  changes.map(({ sign, field, path, after }: Change) => ({ sign, field, path, after }));

const byTask = ({ finished }: Ran) => new Map(finished.map((one) => [one.task.label, one]));

/** Tasks that change something each time: commands, and steps that by nature never rest. */
const restless = ({ module, params }: Drawn): boolean =>
  module === 'command' || module === 'shell' || /^(restarted|reloaded)$/.test(String(params.state));

async function agrees(tasks: readonly Drawn[]): Promise<void> {
  const web1 = hostFor(tasks);
  const playbook = files(tasks);
  const planned = await ran('plan', playbook, { web1 });
  expect(web1.actions).toEqual([]);
  const applied = await ran('apply', playbook, { web1 });
  const now = byTask(applied);
  const failed = applied.finished.find(({ status }) => status === 'failed');
  for (const then of planned.finished) {
    const is = now.get(then.task.label);
    if (then.status === 'unknown' || !is) continue;
    if (is.status === 'failed' && then.status !== 'failed') {
      throw new Error(
        `${then.task.label} is ${then.status} in the plan and fails: ${is.diagnostic?.summary}`,
      );
    }
    expect([is.task.label, is.status, told(is)]).toEqual([then.task.label, then.status, told(then)]);
  }
  if (failed || tasks.some(restless)) return;
  const again = await ran('plan', playbook, { web1 });
  const unstable = contradictory(tasks);
  if (!unstable) expect(again.finished.filter(({ status }) => status !== 'ok')).toEqual([]);
}

/** Two tasks that want the same thing in two ways undo each other in every run. */
function contradictory(tasks: readonly Drawn[]): boolean {
  const subjects = tasks.map(({ params }) =>
    [params.path, params.dest, params.name, params.address, params.to, params.src]
      .flat()
      .filter(Boolean)
      .map((subject) => String(subject).replace('/srv/l', '/srv/a')),
  );
  const related = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);
  return subjects.some((own, index) =>
    subjects.some(
      (others, place) => place < index && own.some((one) => others.some((other) => related(one, other))),
    ),
  );
}

describe('random playbooks', () => {
  test('apply as planned, a plan changes nothing, and the plan after it is empty', async () => {
    const numRuns = Number(process.env.TROUPE_FUZZ_RUNS ?? 300);
    await fc.assert(
      fc.asyncProperty(fc.array(task, { minLength: 1, maxLength: 6 }), async (tasks) => {
        try {
          await agrees(tasks);
        } catch (error) {
          // A fault that compile finds needs no host.
          if (error instanceof Trouble) fc.pre(false);
          throw error;
        }
      }),
      {
        numRuns,
        ...(process.env.TROUPE_FUZZ_SEED ? { seed: Number(process.env.TROUPE_FUZZ_SEED) } : {}),
      },
    );
  }, 600_000);
});
