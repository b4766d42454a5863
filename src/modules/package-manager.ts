import { type Run, run } from '../model/step.ts';

/** What to do with packages, whatever installs them. */
export interface PackageWork {
  readonly names: readonly string[];
  readonly updateCache: boolean;
  /** Recommended (apt) or weak (dnf) dependencies too; undefined as the host is set up. */
  readonly recommends: boolean | undefined;
}

/** How one package manager does it: one process for all names. */
export interface PackageManager {
  readonly install: (work: PackageWork) => Run;
  readonly upgrade: (work: PackageWork) => Run;
  readonly remove: (names: readonly string[]) => Run;
}

/**
 * What was cut off is finished first, or apt would refuse; the lists are fetched only where they do not know a package.
 * $1 is `update` or `known`, the rest are options, `--`, names.
 */
const APT_INSTALL = `dpkg --force-confold --configure -a >/dev/null 2>&1 || :
lists=$1; shift
known() {
  while [ "$1" != -- ]; do shift; done
  shift
  apt-cache --no-all-versions show "$@" >/dev/null 2>&1
}
[ "$lists" = known ] && known "$@" || apt-get -q update || exit
exec apt-get -q -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \\
  -o DPkg::Lock::Timeout=120 "$@"`;

const ENV = { DEBIAN_FRONTEND: 'noninteractive' };

const apt: PackageManager = {
  install: (work) => aptRun(work, ['install', ...recommends(work.recommends)]),
  upgrade: (work) => aptRun(work, ['install', '--only-upgrade', ...recommends(work.recommends)]),
  remove: (names) =>
    run(['apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=120', 'remove', '--', ...names], { env: ENV }),
};

function aptRun(work: PackageWork, options: readonly string[]): Run {
  const lists = work.updateCache ? 'update' : 'known';
  return run(['sh', '-c', APT_INSTALL, 'sh', lists, ...options, '--', ...work.names], { env: ENV });
}

const recommends = (wanted: boolean | undefined): readonly string[] =>
  wanted === undefined ? [] : [wanted ? '--install-recommends' : '--no-install-recommends'];

const dnf = (program: 'dnf' | 'yum'): PackageManager => ({
  install: (work) => run([program, ...dnfOptions(work), 'install', ...work.names]),
  upgrade: (work) => run([program, ...dnfOptions(work), 'upgrade', ...work.names]),
  remove: (names) => run([program, '-y', '-q', 'remove', ...names]),
});

const dnfOptions = ({ updateCache, recommends: weak }: PackageWork): readonly string[] => [
  '-y',
  '-q',
  ...(updateCache ? ['--refresh'] : []),
  ...(weak === undefined ? [] : [`--setopt=install_weak_deps=${weak ? 'True' : 'False'}`]),
];

/** Package managers by the name that facts give them. */
export const packageManagers: Readonly<Record<string, PackageManager>> = {
  apt,
  dnf: dnf('dnf'),
  yum: dnf('yum'),
};
