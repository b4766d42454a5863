import type { Capture, Captured } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import { answers, run, type Shown, type Step, step } from '../model/step.ts';
import { directoryOf } from './file-path.ts';
import type { Keeper } from './keeper.ts';
import { refuse } from './module.ts';
import { WRITTEN, withBlock } from './network-blocks.ts';

/** The .network file that systemd-networkd uses for a device (`n/a` for none), and the default gateways that it names. */
const NETWORK_FILE =
  'f=$(networkctl --no-pager -n0 status "$1" | sed -n "s/^ *Network File: *//p"); echo "$f"; grep -hs ^Gateway= "$f"; :';
/** Our file for a device, wherever it is, each line with its path. */
const OURS =
  'cd /etc/systemd/network && grep -s "" /dev/null "50-troupe-$1.network" *.network.d/"50-troupe-$1.conf"; :';

interface Probes {
  readonly [probe: string]: Capture;
  readonly file: Capture;
  readonly ours: Capture;
}

const oursProbe = (device: string): Capture => capture('sh', '-c', OURS, 'sh', device);

/**
 * systemd-networkd, and netplan over it: a drop-in beside the device's .network file, or a file of its own for a device
 * that has none (systemd.network(5)). A static gateway of another file is not overridden: that would be two writers.
 */
export const networkd: Keeper<Probes> = {
  inspect: (device) => ({ file: capture('sh', '-c', NETWORK_FILE, 'sh', device), ours: oursProbe(device) }),
  plan: (device, entry, kept, found) => {
    const [file = '', ...gateways] = found.file.stdout.trim().split('\n');
    const own = `/etc/systemd/network/50-troupe-${device}.network`;
    const isOwn = file === '' || file === 'n/a' || file === own;
    const path = isOwn
      ? own
      : `/etc/systemd/network/${file.slice(file.lastIndexOf('/') + 1)}.d/50-troupe-${device}.conf`;
    const foreign = isOwn ? undefined : gatewayOf(gateways, entry.ipv6);
    if (kept && entry.isDefault && foreign !== undefined) {
      if (foreign === entry.via) return [];
      return refuse(
        `${file} names another default gateway for ${device}: ${foreign}.`,
        `Change it there, so that it has one writer, or keep this route until the next boot only (persistent: false).`,
      );
    }
    const saved = parseOurs(found.ours);
    const head = isOwn
      ? `${WRITTEN}\n[Match]\nName=${device}\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nLinkLocalAddressing=no`
      : WRITTEN;
    const after = withBlock(saved.text, head, entry, kept ? entry.networkd : undefined);
    if (after === saved.text && (saved.path === path || after === '')) return [];
    if (saved.path === path) return [write(device, path, saved.text, after)];
    return [
      ...(saved.path === '' ? [] : [move(device, saved.path, after === '')]),
      ...(after === '' ? [] : [...directory(path), write(device, path, saved.text, after)]),
    ];
  },
};

interface Ours {
  readonly path: string;
  readonly text: string;
}

function parseOurs(answer: Captured): Ours {
  const lines = answer.stdout.split('\n').filter((line) => line !== '');
  const name = lines[0]?.split(':')[0] ?? '';
  const text = lines.map((line) => line.slice(line.indexOf(':') + 1)).join('\n');
  return { path: name === '' ? '' : `/etc/systemd/network/${name}`, text: text === '' ? '' : `${text}\n` };
}

function renderOurs({ path, text }: Ours): Captured {
  const name = path.replace('/etc/systemd/network/', '');
  const lines = text === '' ? [] : text.trimEnd().split('\n');
  return { rc: 0, stdout: lines.map((line) => `${name}:${line}\n`).join(''), stderr: '', missing: false };
}

function write(device: string, path: string, before: string, after: string): Step {
  if (after === '') return removal(device, path, before);
  const content = new TextEncoder().encode(after);
  return step('saved', shown(before), shown(after), {
    path,
    action: { kind: 'writeFile', path, content, mode: 0o644 },
    effects: [answers(oursProbe(device), renderOurs({ path, text: after }))],
  });
}

/** A drop-in's directory; not worth a line in the report. */
function directory(path: string): readonly Step[] {
  if (!path.endsWith('.conf')) return [];
  const action = { kind: 'makeDirectory', path: directoryOf(path) } as const;
  return [step('directory', undefined, directoryOf(path), { action, changes: false })];
}

/** The file goes, and its directory where it was the last there. */
function removal(device: string, path: string, before: string): Step {
  const script = 'rm -f -- "$1"; rmdir -- "$2" 2>/dev/null; :';
  const inDropIns = path.endsWith('.conf');
  return step('saved', shown(before), undefined, {
    path,
    action: inDropIns ? run(['sh', '-c', script, 'sh', path, directoryOf(path)]) : { kind: 'remove', path },
    effects: [answers(oursProbe(device), renderOurs({ path, text: '' }))],
  });
}

/** The device has another .network file by now: what was beside the former one counts no longer. */
function move(device: string, path: string, last: boolean): Step {
  return step('saved at', path, undefined, {
    action: { kind: 'remove', path },
    effects: last ? [answers(oursProbe(device), renderOurs({ path, text: '' }))] : [],
  });
}

const shown = (text: string): Shown => (text === '' ? undefined : { bytes: new TextEncoder().encode(text) });

const gatewayOf = (lines: readonly string[], ipv6: boolean): string | undefined =>
  lines.map((line) => line.replace('Gateway=', '').trim()).find((gateway) => gateway.includes(':') === ipv6);
