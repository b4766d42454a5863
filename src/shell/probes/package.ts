import type { PackageProbe, PackageState } from '../../model/probe.ts';
import type { FrameOutput } from '../frame-output.ts';
import { type Asked, failure, type Piece, probePiece } from '../piece.ts';
import { quoteAll } from '../quote.ts';
import { APT_READS, contentsScript, readContents } from './package-contents.ts';

const DEADLINE_MS = 300_000;
/** What dpkg and rpm take as a name, without their patterns. */
const NAME = /^[A-Za-z0-9][\w.+:~-]*$/;

/**
 * One `dpkg-query` (or `rpm`) for all packages, one `apt-cache policy` (or `dnf repoquery`) for the candidates. Each
 * counts only where it has a database: it may be there as a mere tool.
 */
export function packagePiece(parts: readonly Asked<PackageProbe>[], key: string): Piece {
  const valid = parts.filter(({ probe }) => NAME.test(probe.name));
  const names = quoteAll([...new Set(valid.map(({ probe }) => probe.name))]);
  const wanted = quoteAll([
    ...new Set(valid.filter(({ probe }) => probe.candidate).map(({ probe }) => probe.name)),
  ]);
  const listed = [
    ...new Map(valid.flatMap(({ probe }) => (probe.contents ? [[probe.name, probe] as const] : []))).values(),
  ];
  const dpkg = `dpkg-query -W -f='\${Package}\\t\${Architecture}\\t\${db:Status-Status}\\t\${Version}\\n' -- ${names}`;
  const rpm = `rpm -q --qf '%{NAME}\\t%{EPOCH}\\t%{VERSION}-%{RELEASE}\\n' -- ${names}`;
  const query = `repoquery -q --latest-limit=1 --qf '%{name}\\t%{evr}\\n' ${wanted}`;
  const both = (dpkgLine: string, rpmLine: string): string =>
    `case $_o in dpkg) ${dpkgLine};; rpm) ${rpmLine};; esac`;
  const script = [
    '_o=; if [ -e /var/lib/dpkg/status ] && command -v dpkg-query >/dev/null; then _o=dpkg',
    'elif { [ -d /var/lib/rpm ] || [ -d /usr/lib/sysimage/rpm ]; } && command -v rpm >/dev/null; then _o=rpm; fi',
    `_m v ${key} $_o`,
    ...(names ? [`_b s ${key}; ${both(dpkg, rpm)}; _b c ${key} $?`] : []),
    ...(wanted
      ? [
          `_b s ${key}:candidate; ${both(`apt-cache ${APT_READS} policy -- ${wanted}`, `if command -v dnf >/dev/null; then dnf -C ${query}; else yum -C ${query}; fi`)}; _b c ${key}:candidate $?`,
        ]
      : []),
    ...(listed.length > 0 ? [contentsScript(key, listed)] : []),
  ].join('\n');
  return probePiece(parts, script, DEADLINE_MS, (frame) => {
    const kind = frame.values.get(key);
    const installed = kind === 'dpkg' ? fromDpkg(text(frame, key)) : fromRpm(text(frame, key));
    const offered = text(frame, `${key}:candidate`);
    const candidates = kind === 'dpkg' ? fromPolicy(offered) : fromRepoquery(offered);
    return ({ probe }) => {
      if (!kind) return failure('missing-tool', 'the host has neither dpkg nor rpm');
      if (!NAME.test(probe.name)) return failure('other', `${probe.name} is not a package name`);
      const version = installed.get(probe.name);
      const candidate = probe.candidate ? candidates.get(probe.name) : undefined;
      const brings =
        probe.contents && version === undefined
          ? readContents(text(frame, `${key}:of:${probe.name}`))
          : undefined;
      const answer: PackageState = {
        installed: version !== undefined,
        ...(version === undefined ? {} : { version }),
        ...(candidate === undefined ? {} : { candidate }),
        ...(brings === undefined ? {} : { brings }),
      };
      return answer;
    };
  });
}

const text = (frame: FrameOutput, key: string): string => frame.sections.get(key)?.text() ?? '';
const rows = (from: string): readonly (readonly string[])[] =>
  from.split('\n').map((line) => line.split('\t'));

function fromDpkg(from: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name = '', arch = '', status = '', version = ''] of rows(from)) {
    if (!/^(installed|triggers-(awaited|pending))$/.test(status)) continue;
    found.set(name, version);
    found.set(`${name}:${arch}`, version);
  }
  return found;
}

function fromRpm(from: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name = '', epoch = '', version] of rows(from)) {
    if (version === undefined) continue;
    found.set(name, /^\d+$/.test(epoch) && epoch !== '0' ? `${epoch}:${version}` : version);
  }
  return found;
}

function fromPolicy(from: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let name = '';
  for (const line of from.split('\n')) {
    name = /^(\S+):$/.exec(line)?.[1] ?? name;
    const candidate = /^ {2}Candidate: (.*)$/.exec(line)?.[1];
    if (candidate !== undefined && candidate !== '(none)') found.set(name, candidate);
  }
  return found;
}

const fromRepoquery = (from: string): ReadonlyMap<string, string> =>
  new Map(
    rows(from).flatMap(([name, evr]) => (name && evr ? [[name, evr.replace(/^0:/, '')] as const] : [])),
  );
