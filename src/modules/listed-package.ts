import type { ListedFile, PackageListing, StatFound } from '../model/probe.ts';
import { packageState, program, readFile, stat, unit } from '../model/probe-makers.ts';
import type { Brought } from '../model/step.ts';
import { unknown } from '../model/value.ts';
import { broughtBy, type PackageContents } from './package-contents.ts';

const UNIT = /^(?:\/usr)?\/lib\/systemd\/system\/([^/]+\.(?:service|socket|timer|target|mount|path))$/;
const PROGRAM = /^(?:\/usr)?\/s?bin\/([^/]+)$/;

/**
 * What a package brings of which the host's package manager has told: that it is installed then, and its files. Of the
 * table's packages the table knows more.
 */
export function broughtByListing(
  { name, files = [] }: PackageListing,
  known: readonly PackageContents[] | undefined,
): readonly Brought[] {
  const own: Brought = { probe: packageState(name), answer: { installed: true } };
  if (known) return [own, ...known.toReversed().flatMap((contents) => broughtBy(name, contents))];
  return [own, ...files.flatMap((file) => ofFile(name, file))];
}

function ofFile(name: string, { path, stat: listed }: ListedFile): readonly Brought[] {
  const reason = unknown(`it comes with the package ${name}`);
  const unitName = UNIT.exec(path)?.[1];
  const programName = PROGRAM.exec(path)?.[1];
  const isFile = listed !== undefined && listed.type === 'file';
  return [
    { probe: stat(path), answer: listed ? statOf(listed) : reason },
    {
      probe: stat(path, { follow: true }),
      answer: listed && listed.type !== 'link' ? statOf(listed) : reason,
    },
    ...(listed?.type === 'directory' ? [] : [{ probe: readFile(path), answer: reason }]),
    // Whether it is started and enabled then is up to the package's scripts.
    ...(unitName === undefined ? [] : [{ probe: unit(unitName), answer: reason }]),
    ...(programName !== undefined && (isFile || listed?.type === 'link' || !listed)
      ? [{ probe: program(programName), answer: { path } }]
      : []),
  ];
}

const statOf = (listed: NonNullable<ListedFile['stat']>): StatFound => ({
  ...{ exists: true, size: Number.NaN, mtime: Number.NaN },
  ...{ uid: listed.owner === 'root' ? 0 : Number.NaN, gid: listed.group === 'root' ? 0 : Number.NaN },
  ...listed,
});
