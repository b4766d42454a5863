import { z } from 'zod';

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
