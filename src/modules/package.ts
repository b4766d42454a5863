import * as z from 'zod';
import type { PackageProbe, PackageState } from '../model/probe.ts';
import { packageState } from '../model/probe-makers.ts';
import { answers, type Effect, type Step, step } from '../model/step.ts';
import { knownPackages } from './known-packages.ts';
import { broughtByListing } from './listed-package.ts';
import { type AnyModule, defineModule, type Refusal, refuse, type Surroundings } from './module.ts';
import {
  broughtBy,
  contentsOf,
  type PackageContents,
  takenWith,
  type UnitAtInstall,
} from './package-contents.ts';
import { packageManagers } from './package-manager.ts';

const packageName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+._:-]*$/, {
  error: 'Write just the name of a package: no version, no pattern, no file.',
});

const providedUnit = z.union([
  z.string(),
  z.strictObject({
    name: z.string(),
    started: z.boolean().describe('Running right after the installation.'),
    enabled: z.boolean().describe('Started at boot, right after the installation.'),
  }),
]);

const params = () =>
  z.strictObject({
    name: z
      .union([z.string(), z.array(z.string())], { error: 'Write a name, or a list of names.' })
      .transform((name) => (typeof name === 'string' ? [name] : name))
      .pipe(z.array(packageName))
      .describe('Name of the package, or a list of names: they are installed at once.'),
    state: z
      .enum(['present', 'absent', 'latest'])
      .default('present')
      .describe(
        '`latest` also upgrades to what the lists of the host know; `absent` removes, and leaves configuration files.',
      ),
    update_cache: z
      .boolean()
      .default(false)
      .describe(
        'Fetch the lists before anything is installed. They are fetched by themselves where they lack a package.',
      ),
    install_recommends: z
      .boolean()
      .optional()
      .describe('Install recommended (dnf: weak) dependencies too. Left to the host if not given.'),
    provides: z
      .strictObject({
        units: z.array(providedUnit).default([]),
        programs: z.array(z.string()).default([]),
        paths: z.array(z.string().startsWith('/')).default([]),
      })
      .optional()
      .describe(
        'What these packages bring, so that a plan knows it before they are installed: `units` (a name alone: started and enabled on Debian, neither on RHEL), `programs`, `paths` (directories end in `/`). Needed only for packages that Troupe does not know, and only for what later tasks ask for.',
      ),
  });

type Want = z.infer<ReturnType<typeof params>>;
type Found = Readonly<Record<string, PackageState>>;

/** Installs and removes packages with apt or dnf. */
const definition = (name: string, manager: string | undefined): AnyModule =>
  defineModule({
    name,
    doc:
      manager === undefined
        ? 'Installs and removes packages, with apt or dnf as the host has it. Names differ between systems: take them from `vars/debian.yml` and `vars/redhat.yml` of a role.'
        : `Installs and removes packages with ${manager}. The same as \`package\`, on hosts with ${manager} only.`,
    params,
    examples: [
      { title: 'Install', params: { name: ['ipvsadm', 'curl'] } },
      { title: 'Remove', params: { name: 'ipvsadm', state: 'absent' } },
      {
        title: 'Tell a plan what an unusual package brings',
        params: { name: 'lighttpd', provides: { units: ['lighttpd.service'], paths: ['/etc/lighttpd/'] } },
      },
    ],
    identity: (want: Want) => want.name.join(', '),
    freeForm: 'name',
    inspect: (want: Want, around: Surroundings): Record<string, ReturnType<typeof packageState>> =>
      Object.fromEntries(want.name.map((one) => [one, packageState(one, asked(one, want, around))])),
    plan: (want: Want, found: Found, around: Surroundings) => plan(want, found, around, manager),
  });

/** `package`: whatever the host has. */
export const packageModule = definition('package', undefined);
/** `apt` and `dnf`: Ansible's names, for hosts that have them. */
export const apt = definition('apt', 'apt');
export const dnf = definition('dnf', 'dnf');

/** What is to be known of a package besides its state; only a dry run needs to know what it would bring. */
function asked(name: string, want: Want, around: Surroundings): Omit<PackageProbe, 'kind' | 'name'> {
  const files = !contentsFor(name, want, around);
  const { install_recommends: recommends } = want;
  return {
    ...(want.state === 'latest' ? { candidate: true } : {}),
    ...(want.state === 'absent' || around.mode === 'apply'
      ? {}
      : { contents: { files, ...(recommends === undefined ? {} : { recommends }) } }),
  };
}

function plan(
  want: Want,
  found: Found,
  around: Surroundings,
  only: string | undefined,
): readonly Step[] | Refusal {
  const has = around.facts.package_manager;
  const manager = packageManagers[has];
  if (!manager || (only !== undefined && only !== has && !(only === 'dnf' && has === 'yum'))) {
    return refuse(
      manager ? `this host has ${has}, not ${only}` : 'this host has neither apt nor dnf',
      manager
        ? 'The module package takes what the host has.'
        : 'Troupe installs packages on Debian and RHEL.',
    );
  }
  const names = [...new Set(want.name)];
  if (want.state === 'absent') {
    const gone = names.filter((name) => found[name]?.installed);
    return gone.map((name, index) =>
      step(name, found[name]?.version ?? 'installed', undefined, {
        ...(index === 0 ? { action: manager.remove(gone), effects: removal(gone, want, around) } : {}),
      }),
    );
  }
  const missing = names.filter((name) => !found[name]?.installed);
  const outdated = want.state === 'latest' ? names.filter((name) => isOutdated(found[name])) : [];
  const work = { updateCache: want.update_cache, recommends: want.install_recommends };
  return [
    ...missing.map((name, index) =>
      step(name, undefined, found[name]?.candidate ?? 'installed', {
        ...(index === 0
          ? {
              action: manager.install({ ...work, names: missing }),
              effects: installation(missing, found, want, around),
            }
          : {}),
      }),
    ),
    ...outdated.map((name, index) =>
      step(name, found[name]?.version, found[name]?.candidate, {
        ...(index === 0
          ? {
              action: manager.upgrade({
                ...work,
                names: outdated,
                updateCache: want.update_cache && missing.length === 0,
              }),
              effects: outdated.map((one) => installed(one, found[one]?.candidate)),
            }
          : {}),
      }),
    ),
  ];
}

const isOutdated = (state: PackageState | undefined): boolean =>
  state?.installed === true && state.candidate !== undefined && state.candidate !== state.version;

const installed = (name: string, version: string | undefined): Effect =>
  answers(packageState(name), version === undefined ? { installed: true } : { installed: true, version });

function installation(
  names: readonly string[],
  found: Found,
  want: Want,
  around: Surroundings,
): readonly Effect[] {
  const table = knownPackages[around.facts.os.family] ?? {};
  const effects = names.flatMap((name): readonly Effect[] => {
    const contents = contentsFor(name, want, around);
    const listed = found[name]?.brings ?? [];
    const brings = [
      ...listed.flatMap((one) => broughtByListing(one, contentsOf(one.name, table))),
      ...(contents ?? []).toReversed().flatMap((one) => broughtBy(name, one)),
    ];
    const known: readonly Effect[] =
      brings.length > 0 || contents ? [{ kind: 'installs', packages: [name], brings }] : [];
    // A list of files does not say what the package's scripts make: what is absent may come all the same.
    return contents ? known : [...known, { kind: 'installs', packages: [name] }];
  });
  return [...names.map((name) => installed(name, found[name]?.candidate)), ...effects];
}

function removal(names: readonly string[], want: Want, around: Surroundings): readonly Effect[] {
  const effects = names.map((name): Effect => {
    const own = contentsFor(name, want, around)?.[0];
    return own
      ? { kind: 'uninstalls', packages: [name], takes: takenWith(own) }
      : { kind: 'uninstalls', packages: [name] };
  });
  return [...names.map((name) => answers(packageState(name), { installed: false })), ...effects];
}

/** Contents that the task declares for a package that the table does not know, or those of the table. */
function contentsFor(name: string, want: Want, around: Surroundings): readonly PackageContents[] | undefined {
  const { family } = around.facts.os;
  const known = contentsOf(name, knownPackages[family] ?? {});
  if (!want.provides) return known;
  const { units, programs, paths } = want.provides;
  const usual: UnitAtInstall = family === 'debian' ? 'running' : 'off';
  const declared: PackageContents = {
    units: Object.fromEntries(
      units.map((one) => (typeof one === 'string' ? [one, usual] : [one.name, atInstall(one)])),
    ),
    programs: programs.map((program) => (program.startsWith('/') ? program : `/usr/bin/${program}`)),
    directories: paths.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1)),
    files: paths.filter((path) => !path.endsWith('/')),
  };
  return [declared, ...(known ?? [])];
}

function atInstall(unit: { readonly started: boolean; readonly enabled: boolean }): UnitAtInstall {
  if (unit.started) return unit.enabled ? 'running' : 'started';
  return unit.enabled ? 'enabled' : 'off';
}
