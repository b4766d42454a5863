import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { YAMLException } from 'js-yaml';
import { fault } from '../diagnostics/trouble.ts';
import type { Place } from '../model/source.ts';
import type { Tree } from '../model/tree.ts';
import type { Faults } from './faults.ts';
import { type YamlEvent, yamlEvents } from './yaml-events.ts';
import { syntaxFaults } from './yaml-faults.ts';
import { lenientEvents } from './yaml-lenient.ts';
import { treeOf } from './yaml-tree.ts';

/** Reads a YAML file. Undefined where it has a fault, which is then in `faults`. Places carry the absolute path. */
export function readYaml(path: string, faults: Faults, from?: Place): Tree | undefined {
  const file = resolve(path);
  try {
    return parseYaml(readFileSync(file, 'utf8'), file, faults);
  } catch (error) {
    faults.push(unreadable(file, error, from));
    return undefined;
  }
}

/** Parses YAML text; `file` names it in places. An empty text is null. */
export function parseYaml(text: string, file: string, faults: Faults): Tree | undefined {
  const start: Place = { file, line: 1, column: 1 };
  if (text.startsWith('$ANSIBLE_VAULT')) {
    const help = 'Decrypt it with ansible-vault, or leave the variables in it out.';
    faults.push(
      fault('not-supported-yet', 'Files encrypted by ansible-vault are not read yet.', {
        help,
        place: start,
      }),
    );
    return undefined;
  }
  const events = eventsOf(text, file, faults);
  return events && treeOf(events, text, file, faults);
}

/**
 * js-yaml is quick, and refuses at once what it does not take. Only then `yaml` is asked, which is slow, and takes what most
 * people take for YAML, or else explains all that is wrong with it. Why two: docs/decisions/0024-two-yaml-parsers.md
 */
function eventsOf(text: string, file: string, faults: Faults): readonly YamlEvent[] | undefined {
  try {
    return yamlEvents(text);
  } catch (refusal) {
    if (!(refusal instanceof YAMLException)) throw refusal;
    const { events, errors } = lenientEvents(text);
    if (errors.length === 0) return events;
    faults.push(...syntaxFaults(errors, text, file));
    return undefined;
  }
}

function unreadable(file: string, error: unknown, place: Place | undefined) {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
  return fault('file-unreadable', `Cannot read ${file}: ${why}.`, {
    help: 'Check the path and that you may read it.',
    ...(place && { place }),
  });
}
