import type { Stat } from '../model/probe.ts';
import type { Action } from '../model/step.ts';
import { refuseToRemove } from '../shell/actions/refuse-to-remove.ts';
import { ancestors, normal } from '../shell/overlay-paths.ts';

/** What is at a path of the host, links followed or not. */
export type Look = (path: string, follow: boolean) => Stat;
/** The path that is meant, its links followed. */
export type Behind = (path: string) => string;

/** What the host says where it cannot do an action, as a real one would: `shell/actions` are the model. */
export function failureOf(action: Action, look: Look, behind: Behind): string | undefined {
  switch (action.kind) {
    case 'writeFile':
      return noDirectory(action.path, look) ?? notAFile(action.path, look, behind);
    case 'makeLink':
      return noDirectory(action.path, look) ?? isDirectory(action.path, look);
    case 'makeDirectory':
      return [...ancestors(normal(action.path)), action.path]
        .map((path) => inTheWay(path, look))
        .find(Boolean);
    case 'setAttributes':
      return look(action.path, false).exists ? undefined : `${action.path} does not exist`;
    case 'remove':
      return refuseToRemove(action.path);
    default:
      return undefined;
  }
}

function noDirectory(path: string, look: Look): string | undefined {
  const directory = path.slice(0, path.lastIndexOf('/')) || '/';
  const found = look(directory, true);
  if (!found.exists) return `${directory}: No such file or directory`;
  return found.type === 'directory' ? undefined : `${directory}: Not a directory`;
}

function notAFile(path: string, look: Look, behind: Behind): string | undefined {
  const found = look(path, true);
  // As readlink -f: the last part of where a link leads need not be there.
  if (!found.exists) return noDirectory(behind(path), look) && `${path} is a link that leads nowhere`;
  return found.type === 'file' ? undefined : `${path} is there and is not a regular file`;
}

function isDirectory(path: string, look: Look): string | undefined {
  const found = look(path, false);
  return found.exists && found.type === 'directory' ? `${path} is a directory` : undefined;
}

function inTheWay(path: string, look: Look): string | undefined {
  const found = look(path, true);
  const isOther = found.exists ? found.type !== 'directory' : look(path, false).exists;
  return isOther ? `${path}: Not a directory` : undefined;
}
