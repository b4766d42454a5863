import type { UnitState } from '../model/probe.ts';
import { isUnknown, type Unknown } from '../model/value.ts';
import type { OverlayFiles } from './overlay-files.ts';

const UNIT_DIRECTORIES = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system'];

/** State of a unit, whose file the steps so far may write or remove, over what is known of it otherwise. */
export function unitOver(files: OverlayFiles, name: string, base: UnitState | Unknown): UnitState | Unknown {
  const content = contentOf(files, name);
  if (isUnknown(base)) return content ? written(content) : base;
  if (content === null && base.load !== 'masked')
    return { load: 'not-found', active: 'inactive', enabled: '' };
  return base.load === 'not-found' && content ? written(content) : base;
}

/** A unit whose file is written in this run: known to systemd, and not started. */
function written(content: Uint8Array): UnitState {
  const text = new TextDecoder().decode(content);
  return {
    load: 'loaded',
    active: 'inactive',
    enabled: /^\s*\[Install\]/m.test(text) ? 'disabled' : 'static',
  };
}

/** Bytes of a unit's file where this run decides on it, null where it removes the file. */
function contentOf(files: OverlayFiles, name: string): Uint8Array | null | undefined {
  const template = name.replace(/@[^.]*(?=\.)/, '@');
  const places = UNIT_DIRECTORIES.flatMap((directory) => [
    `${directory}/${name}`,
    `${directory}/${template}`,
  ]);
  const contents = places.map((place) => files.content(place));
  return contents.find((content) => content) ?? contents.find((content) => content === null);
}
