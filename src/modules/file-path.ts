import * as z from 'zod';
import type { Stat } from '../model/probe.ts';
import { type Refusal, refuse } from './module.ts';

/** A parameter that is a path on the host. */
export const hostPath = z
  .string()
  .regex(/^\//, { error: 'Write the whole path, from "/": there is no current directory on a host.' })
  .refine((path) => !path.includes('\0'), { error: 'A path holds no NUL byte.' });

/** The same where a slash at the end means nothing: no name can be put behind it. */
export const barePath = hostPath.overwrite((path) => path.replace(/(?<=.)\/+$/, ''));

/** Directory of a path; `/` for what is right below it. */
export function directoryOf(path: string): string {
  const slash = path.replace(/\/+$/, '').lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** Last part of a path. */
export const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The file that a path names: where it is a link, what that points to. `itself` is what is at the path. */
export function behind(path: string, itself: Stat): string {
  if (!itself.exists || itself.type !== 'link' || itself.target === undefined) return path;
  return itself.target.startsWith('/')
    ? itself.target
    : `${directoryOf(path).replace(/\/$/, '')}/${itself.target}`;
}

/** Why no new file can be put at a path: a link to nothing is there, or its directory is not. */
export function newFileRefusal(path: string, itself: Stat, directory: Stat): Refusal | undefined {
  return itself.exists
    ? refuse(
        `${path} is a link to nothing`,
        'Remove it in a task before this one, or make what it points to.',
      )
    : directoryRefusal(path, directory);
}

/** Why nothing can be put at a path: its directory, links followed, is not there or is none. */
export function directoryRefusal(path: string, directory: Stat): Refusal | undefined {
  const name = directoryOf(path);
  if (!directory.exists) {
    return refuse(
      `the directory ${name} is not there`,
      `Make it in a task before this one: file: {path: ${name}, state: directory}.`,
    );
  }
  return directory.type === 'directory'
    ? undefined
    : refuse(`${name} is a ${directory.type}, not a directory`);
}
