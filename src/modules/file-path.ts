import { z } from 'zod';
import type { Stat } from '../model/probe.ts';

/** A parameter that is a path on the host. */
export const hostPath = z
  .string()
  .regex(/^\//, { error: 'Write the whole path, from "/": there is no current directory on a host.' })
  .refine((path) => !path.includes('\0'), { error: 'A path holds no NUL byte.' });

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
