import type { ListedFile, PackageListing, PackageProbe, StatFound } from '../../model/probe.ts';
import { quote } from '../quote.ts';

/** Where files lie that tasks ask for; the rest of a package is not listed. */
const ASKED_FOR = '/(etc|var|srv|s?bin|usr/s?bin|(usr/)?lib/systemd/system)/';

/** apt-cache and apt-get keep no cache of their own then, so that a plan writes nothing. */
export const APT_READS = '-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=';

/**
 * Script that prints, for each package that is not installed, what apt would install with it (`= NAME`; apt-get -s, which
 * simulates), and below it the files, from the archive where it lies on this host (dpkg-deb -c) or by apt-file. With rpm
 * dnf's cache tells the package's own files. Nothing is fetched.
 */
export function contentsScript(key: string, probes: readonly PackageProbe[]): string {
  const names = probes.map(({ name }) => quote(name)).join(' ');
  return [
    String.raw`_x=; case $_o in dpkg) _x=$(dpkg-query -W -f='${'${Package}'} ${'${db:Status-Status}'}\n' -- ${names} 2>/dev/null);;`,
    String.raw`rpm) _x=$(rpm -q --qf '%{NAME} installed\n' -- ${names} 2>/dev/null);; esac`,
    ...probes.map((probe) => ofOne(key, probe)),
  ].join('\n');
}

function ofOne(key: string, { name, contents }: PackageProbe): string {
  const word = quote(name);
  const { recommends, files = false } = contents ?? {};
  const flag = recommends === undefined ? '' : ` --${recommends ? '' : 'no-'}install-recommends`;
  const apt = `apt-get ${APT_READS} -o Debug::NoLocking=1${flag}`;
  const simulate = `${apt} -s install -- ${word} 2>/dev/null`;
  // The archive of package $_p: fetched before, or in a repository on this host.
  const archive = [
    '_l=$(set +f; ls -- /var/cache/apt/archives/"$_p"_*.deb 2>/dev/null | tail -n 1)',
    String.raw`[ -n "$_l" ] || _l=$(printf '%s\n' "$_u" | sed -n "s|^'file:\(//\)\{0,1\}\(/[^']*/""$_p""_[^/']*\)'.*|\2|p")`,
  ].join('; ');
  const files_ = String.raw`if [ -n "$_l" ]; then dpkg-deb -c "$_l" </dev/null | grep -E ' \.${ASKED_FOR}'; echo .; elif command -v apt-file >/dev/null && _l=$(apt-file -F list "$_p" 2>/dev/null </dev/null); then printf '%s\n' "$_l" | sed 's/^[^:]*: //' | grep -E '^${ASKED_FOR}'; echo .; fi`;
  const debian = files
    ? String.raw`_u=$(${apt} -qq --print-uris install -- ${word} 2>/dev/null); ${simulate} | while read -r _a _p _z; do [ "$_a" = Inst ] || continue; printf '= %s\n' "$_p"; ${archive}; ${files_}; done`
    : String.raw`${simulate} | sed -n 's/^Inst \([^ ]*\).*/= \1/p'`;
  const redhat = files
    ? String.raw`printf '= %s\n' ${word}; dnf -q -C repoquery --list ${word} 2>/dev/null | grep -E '^${ASKED_FOR}' && echo .`
    : ':';
  return `case "$_n$_x$_n" in *"$_n"${word}" installed$_n"*) ;; *) _b s ${key}:of:${word}; case $_o in dpkg) ${debian};; rpm) ${redhat};; esac; _b c ${key}:of:${word} 0;; esac`;
}

/** What the script printed of one package; undefined where the package manager does not know it. */
export function readContents(text: string): readonly PackageListing[] | undefined {
  const found: { readonly name: string; files: ListedFile[]; listed: boolean }[] = [];
  for (const line of text.split('\n')) {
    const last = found.at(-1);
    if (line.startsWith('= ')) found.push({ name: line.slice(2), files: [], listed: false });
    else if (line === '.' && last) last.listed = true;
    else if (line !== '' && last) last.files.push(...fileOf(line));
  }
  if (found.length === 0) return undefined;
  return found.map(({ name, files, listed }) => ({ name, ...(listed ? { files } : {}) }));
}

/** `-rwxr-xr-x root/root 1234 2023-01-01 10:00 ./usr/bin/x -> y` of dpkg-deb(1), or a path alone. */
const ARCHIVED = /^([-dl])([-rwxsStT]{9}) ([^/ ]+)\/(\S+) +\d+ \S+ \S+ \.(\/.*?)\/?(?: -> (.*))?$/;

function fileOf(line: string): readonly ListedFile[] {
  if (line.startsWith('/')) return [{ path: line.replace(/(.)\/$/, '$1') }];
  const [, kind, bits = '', owner = '', group = '', path = '', target] = ARCHIVED.exec(line) ?? [];
  if (path === '') return [];
  const types: Readonly<Record<string, StatFound['type']>> = { d: 'directory', l: 'link' };
  const type = types[kind ?? ''] ?? 'file';
  const stat = { type, mode: modeOf(bits), owner, group, ...(target === undefined ? {} : { target }) };
  return [{ path, stat }];
}

/** Bits of `rwxr-xr-x`; s and t stand for x with a special bit, S and T for that bit alone. */
export function modeOf(bits: string): number {
  const special = [0o4000, 0o2000, 0o1000];
  return [0, 1, 2].reduce((mode, third) => {
    const [r, w, x = '-'] = bits.slice(third * 3, third * 3 + 3);
    const own = (r === 'r' ? 4 : 0) + (w === 'w' ? 2 : 0) + ('xst'.includes(x) ? 1 : 0);
    return mode + own * 8 ** (2 - third) + ('sStT'.includes(x) ? (special[third] ?? 0) : 0);
  }, 0);
}
