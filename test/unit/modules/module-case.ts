import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { FakeHost } from '../../../src/hosts/fake.ts';
import { type Belongings, FAKE_FACTS } from '../../../src/hosts/fake-world.ts';
import type { Facts } from '../../../src/model/facts.ts';
import type { Captured, Probes } from '../../../src/model/probe.ts';
import type { Outcome } from '../../../src/model/step.ts';
import type { AnyModule } from '../../../src/modules/module.ts';

/** One case of a module, as its file under test/modules/<module>/ says it. */
export interface ModuleCase {
  /** Why there is nothing to do; only where `steps` is left out. */
  readonly because?: string;
  readonly params: unknown;
  /** Text of the file that the parameter of `source` names. */
  readonly source?: string;
  /** Laid over a bare Debian's, map by map. */
  readonly facts?: DeepPartial<Facts>;
  readonly host?: Belongings;
  /** What the programs print by which the module looks at the host, by the name that it gives the probe. */
  readonly prints?: Readonly<Record<string, string | Partial<Captured>>>;
  /** What each action comes to, in order; simply done where left out. */
  readonly outcomes?: readonly Partial<Outcome>[];
  /** Expected steps: of each, what is written here must be so. Bytes are compared as text. */
  readonly steps?: readonly unknown[];
  /** Part of the reason why the module refuses. */
  readonly refused?: string;
  /** Part of what is wrong with the parameters. */
  readonly invalid?: string;
  /** What a register would hold once all is done; what is written here must be so. */
  readonly result?: unknown;
  /** What the report shows with the task. */
  readonly says?: string;
}

type DeepPartial<T> = { readonly [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };

const ROOT = join(import.meta.dirname, '../../modules');

/** Names of the modules that have cases. */
export const modulesWithCases = (): readonly string[] =>
  existsSync(ROOT) ? readdirSync(ROOT).filter(hasCases).sort() : [];

const hasCases = (module: string): boolean =>
  readdirSync(join(ROOT, module)).some((file) => file.endsWith('.yml'));

/** Cases of a module by name: the file's, dashes read as blanks. Each is read when it is asked for. */
export function casesOf(module: string): readonly (readonly [name: string, read: () => ModuleCase])[] {
  return readdirSync(join(ROOT, module))
    .filter((file) => file.endsWith('.yml'))
    .sort()
    .map((file) => {
      const read = () => parse(readFileSync(join(ROOT, module, file), 'utf8')) as ModuleCase;
      return [file.replace(/\.yml$/, '').replaceAll('-', ' '), read] as const;
    });
}

/** The host that a case describes. */
export function hostOf(given: ModuleCase, module: AnyModule, want: unknown): FakeHost {
  const outcomes = [...(given.outcomes ?? [])];
  const facts = overlaid(FAKE_FACTS as unknown as Tree, (given.facts ?? {}) as Tree) as unknown as Facts;
  const asked: Probes = module.inspect(want, { facts, mode: 'apply', host: 'web1', folder: '/project' });
  const printed = Object.entries(given.prints ?? {}).map(([name, says]) => {
    const probe = asked[name];
    if (probe === undefined) throw new Error(`${module.name} asks nothing that it calls ${name}`);
    const given = typeof says === 'string' ? { stdout: says } : says;
    return [probe, { rc: 0, stdout: '', stderr: '', missing: false, ...given }] as const;
  });
  const answers = [...(given.host?.answers ?? []), ...printed];
  return new FakeHost({ ...given.host, answers, facts, outcome: () => outcomes.shift() });
}

interface Tree {
  readonly [key: string]: unknown;
}

function overlaid(under: Tree, over: Tree): Tree {
  const both = Object.entries(over).map(([key, value]) => {
    const below = under[key];
    return [key, isTree(value) && isTree(below) ? overlaid(below, value) : value] as const;
  });
  return { ...under, ...Object.fromEntries(both) };
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
