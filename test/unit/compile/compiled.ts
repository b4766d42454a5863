import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import { type Compiled, compilePlaybook } from '../../../src/cli/stages.ts';
import { Trouble } from '../../../src/diagnostics/trouble.ts';
import type {
  CompiledPlaybook,
  Expansion,
  HostNode,
  HostTask,
  HostValues,
} from '../../../src/model/compiled.ts';
import type { Facts } from '../../../src/model/facts.ts';
import type { Value } from '../../../src/model/value.ts';
import type { AnyModule } from '../../../src/modules/module.ts';

type Task = HostTask<AnyModule>;

/** A project: `site.yml` and `hosts.yml` (by default one host, web1, in the group web), and what else it has. */
export type Files = Readonly<Record<string, string>>;

/** Options of the command line. */
export interface Asked {
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly limit?: string;
  readonly extraVars?: readonly string[];
}

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

const HOSTS = 'all: {children: {web: {hosts: {web1: {address: 192.0.2.1}}}}}\n';

/** Compiles a project in a folder of its own, with the loader and the modules that the command line uses. */
export const compiled = (files: Files, asked: Asked = {}): CompiledPlaybook<AnyModule> =>
  stages(files, asked).compiled;

/** The same, with what it was compiled of. */
export function stages(files: Files, asked: Asked = {}): Compiled {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-compile-'));
  made.push(folder);
  for (const [path, text] of Object.entries({ 'hosts.yml': HOSTS, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { limit, tags = [], skipTags = [], extraVars = [] } = asked;
  const options = { inventory: [join(folder, 'hosts.yml')], tags: [...tags], skipTags: [...skipTags] };
  return compilePlaybook(join(folder, 'site.yml'), {
    ...options,
    extraVars: [...extraVars],
    ...(limit === undefined ? {} : { limit }),
  });
}

/** The faults of a project, one a line: code, file:line:column, summary. */
export function faults(files: Files, asked: Asked = {}): readonly string[] {
  try {
    compiled(files, asked);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    const folder = made.at(-1) ?? '';
    return error.diagnostics.map(({ code, place, summary }) => {
      const at = place ? `${place.file.replace(`${folder}/`, '')}:${place.line}:${place.column}` : '-';
      return `${code} ${at} ${summary.replaceAll(folder, 'DIR')}`;
    });
  }
  return [];
}

/** All tasks of a host, over all plays, in the order they are written. */
export function tasksOn(playbook: CompiledPlaybook<AnyModule>, host = 'web1'): readonly Task[] {
  const below = (nodes: readonly HostNode<AnyModule>[]): readonly Task[] =>
    nodes.flatMap((node) =>
      node.kind === 'task' ? [node] : below([...node.tasks, ...node.rescue, ...node.always]),
    );
  return playbook.plays.flatMap((play) =>
    play.hosts.filter((one) => one.host === host).flatMap((one) => below(one.nodes)),
  );
}

/** What is said by the debug tasks of a host, once the run has learnt something: `msg`, or why there is none. */
export function said(
  playbook: CompiledPlaybook<AnyModule>,
  learnt: Readonly<Record<string, Value>> = {},
  { host = 'web1', facts }: { readonly host?: string; readonly facts?: Facts } = {},
): readonly unknown[] {
  const values: HostValues = { learnt: new Map(Object.entries(learnt)), ...(facts ? { facts } : {}) };
  return tasksOn(playbook, host)
    .filter(({ ref }) => ref.module === 'debug')
    .flatMap((task) => brief(task.expand(values)));
}

/** An expansion, shortly: a debug's msg, or the kind with its reason or faults. */
export function brief(expansion: Expansion<AnyModule>): readonly unknown[] {
  if (expansion.kind === 'faulty') return expansion.diagnostics.map(({ code }) => `faulty: ${code}`);
  if (expansion.kind !== 'ready') return [`${expansion.kind}: ${expansion.reason}`];
  return expansion.items.map((item) =>
    item.kind === 'ready' ? (item.want as { readonly msg: unknown }).msg : `${item.kind}: ${item.reason}`,
  );
}

/** Facts of a host of some family. */
export const factsOf = (family: string): Facts => ({
  hostname: 'web1',
  os: { family, id: family, version: '12', codename: '', name: family },
  kernel: '6.1.0',
  arch: 'x86_64',
  memory_mib: 384,
  cpus: 1,
  package_manager: 'apt',
  service_manager: 'systemd',
  network_owner: 'networkd',
  selinux: 'disabled',
  interfaces: {},
  default_gateway: '',
  default_interface: '',
  addresses: [],
  user: 'root',
  uid: 0,
});
