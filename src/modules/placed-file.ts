import * as z from 'zod';
import { type Content, isLocal, LARGE_BYTES } from '../model/content.ts';
import type { FileRead, Found, Stat, StatFound } from '../model/probe.ts';
import { readFile, stat } from '../model/probe-makers.ts';
import { type Shown, type Step, step } from '../model/step.ts';
import { hashOf } from '../shell/hash-of.ts';
import {
  accountRefusal,
  attributeParams,
  attributeSteps,
  attributesFor,
  inspectAccounts,
  type WantedAttributes,
} from './file-attributes.ts';
import { baseOf, behind, directoryOf, hostPath, newFileRefusal } from './file-path.ts';
import { type Refusal, refuse } from './module.ts';
import { wordsOf } from './words.ts';

/** Parameters that `copy` and `template` share. */
export const placedFileParams = {
  dest: hostPath.describe(
    'Where the file goes. A directory, or a path that ends in `/`, takes it under its own name.',
  ),
  ...attributeParams,
  validate: z
    .string()
    .refine((line) => line.includes('%s') && !('wrong' in wordsOf(line)), {
      error: 'Write a command with %s where the path of the temporary file goes.',
    })
    .optional()
    .describe('Command that must accept the file before it goes live; `%s` is the path of a temporary copy.'),
  force: z.boolean().default(true).describe('With `false`, a file that is there already is left as it is.'),
};

/** A whole file that is to be on a host. */
export interface PlacedFile extends WantedAttributes {
  readonly dest: string;
  readonly content: Content;
  /** Name under which it goes into a directory; undefined where it has none of its own. */
  readonly base: string | undefined;
  readonly validate?: string | undefined;
  readonly force: boolean;
}

/** The file's name where `dest` says so itself. */
export const plainDest = (file: { readonly dest: string; readonly base: string | undefined }): string =>
  file.dest.endsWith('/') && file.base !== undefined ? file.dest + file.base : file.dest;

/** Where the file goes: into `dest` where that is a directory. */
export const placeOf = (file: PlacedFile, found: Stat): string =>
  isDirectory(found) && file.base !== undefined
    ? `${plainDest(file).replace(/\/$/, '')}/${file.base}`
    : plainDest(file);

/** What to read for a placed file: itself, its directory, and its place inside `dest` should that be a directory. */
export function inspectPlaced(file: PlacedFile) {
  const dest = plainDest(file);
  // No diff is made of large files, so neither side's bytes are needed.
  const how = { expect: hashOf(file.content), most: isLocal(file.content) ? 0 : LARGE_BYTES };
  const inside = file.base === undefined ? dest : `${dest}/${file.base}`;
  const within = 'stat';
  return {
    itself: stat(dest),
    stat: stat(dest, { follow: true }),
    file: readFile(dest, how),
    directory: stat(directoryOf(dest), { follow: true }),
    insideItself: stat(inside, { within }),
    insideStat: stat(inside, { follow: true, within }),
    insideFile: readFile(inside, { ...how, within }),
    ...inspectAccounts(file),
  };
}

type Inspected = Found<ReturnType<typeof inspectPlaced>>;

/** Steps that put a file in its place. */
export function planPlaced(file: PlacedFile, found: Inspected): readonly Step[] | Refusal {
  const dest = plainDest(file);
  const nobody = accountRefusal(file, found);
  if (nobody) return nobody;
  if (isDirectory(found.stat)) {
    if (file.base === undefined) return refuse(`${dest} is a directory`, 'Name the file itself in dest.');
    return planAt(placeOf(file, found.stat), file, found.insideItself, found.insideStat, found.insideFile);
  }
  const refusal = found.stat.exists ? undefined : newFileRefusal(dest, found.itself, found.directory);
  return refusal ?? planAt(dest, file, found.itself, found.stat, found.file);
}

function planAt(
  path: string,
  file: PlacedFile,
  itself: Stat,
  now: Stat,
  read: FileRead,
): readonly Step[] | Refusal {
  if (now.exists && now.type !== 'file') return refuse(`${path} is a ${now.type}, not a file`);
  if (now.exists && !file.force) return [];
  const sha256 = hashOf(file.content);
  if (now.exists && read.sha256 === sha256) return attributeSteps(behind(path, itself), file, now);
  const validate = file.validate === undefined ? undefined : wordsOf(file.validate);
  const action = {
    kind: 'writeFile',
    path,
    content: file.content,
    ...attributesFor(file, now),
    ...(validate && !('wrong' in validate) ? { validate } : {}),
  } as const;
  const before = now.exists ? shown(read, now) : undefined;
  const after = isLocal(file.content) ? { size: file.content.size, sha256 } : { bytes: file.content };
  return [
    step('content', before, after, { path, action }),
    ...attributeSteps(path, file, now, { within: true }),
  ];
}

const isDirectory = (stat: Stat): boolean => stat.exists && stat.type === 'directory';

/** Before its package is there, nobody knows the text of a file that comes with it. */
function shown({ content, sha256 }: FileRead, { size }: StatFound): Shown {
  if (content) return { bytes: content };
  return sha256 === undefined ? 'as its package brings it' : { size, sha256 };
}

/** Name of a file of the role, as it is called on the host: without the ending of templates. */
export const baseOfSource = (src: string): string => baseOf(src).replace(/\.hbs$/, '');
