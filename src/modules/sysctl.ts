import * as z from 'zod';
import { readFile, stat, sysctlValue } from '../model/probe-makers.ts';
import { answers, differs, run, type Step, step } from '../model/step.ts';
import { barePath, directoryOf, newFileRefusal } from './file-path.ts';
import { absentBy, defineModule, refuse } from './module.ts';
import { dottedName, procPath } from './sysctl-name.ts';
import { editRefusal, fileSteps, textOf } from './text-file.ts';

const NAME = /^[\w-]+([./][\w@:-]+)+$/;
const params = () =>
  z.strictObject({
    name: z
      .string()
      .regex(NAME, 'This is no name of a kernel parameter; write one such as net.ipv4.ip_forward.')
      .describe(
        'Dotted name, such as net.ipv4.ip_forward; net/ipv4/conf/eth0.5/rp_filter where a part has a dot.',
      ),
    value: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .describe(
        'Value as the kernel prints it. With `state: absent`, what it falls back to now, where it was kept; left out, the live value stays.',
      ),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('`absent`: it is kept no longer, and falls back to its default at the next boot.'),
    sysctl_file: barePath
      .optional()
      .describe('File that keeps it; by default /etc/sysctl.d/99-troupe-NAME.conf, of its own.'),
  });

type Want = z.output<ReturnType<typeof params>>;

/** Set a kernel parameter now and keep it after a reboot. */
export const sysctl = defineModule({
  name: 'sysctl',
  absence: (want) => absentBy('sysctl', want, 'name', 'sysctl_file'),
  doc: `Sets a kernel parameter now, and keeps it after a reboot.

Values are compared as the kernel prints them: tabs and blanks are the same, and 0 is a value like any other. The saved
line is in a file of its own, whose name comes after Debian's link 99-sysctl.conf: of two files that name a parameter the
later one wins (sysctl.d(5)). In a \`sysctl_file\` that you name, only the parameter's own line is touched.

- A parameter appears with its kernel module (\`net.ipv4.vs.*\` with ip_vs): load that first, and at boot too (module
  \`modprobe\` with \`persistent: present\`), because systemd-sysctl skips what is not there.
- For \`arp_ignore\`, \`arp_announce\` and \`rp_filter\` the greater of \`all\` and the card's own value counts
  (Documentation/networking/ip-sysctl.rst of the kernel).
- The program sysctl is not needed: the value is written to /proc/sys.`,
  params: () =>
    params().refine((want) => want.state === 'absent' || want.value !== undefined, {
      path: ['value'],
      error: 'Give the value that it shall have.',
    }),
  examples: [
    { title: 'Forward packets', params: { name: 'net.ipv4.ip_forward', value: 1 } },
    {
      title: 'Forward no longer',
      params: { name: 'net.ipv4.ip_forward', value: 0, state: 'absent' },
    },
  ],
  identity: (want) => want.name,
  inspect: (want) => ({
    live: sysctlValue(dottedName(want.name)),
    saved: readFile(fileOf(want)),
    itself: stat(fileOf(want)),
    directory: stat(directoryOf(fileOf(want)), { follow: true }),
  }),
  plan: (want, found) => {
    const { value: live } = found.live;
    if (live === undefined && want.state === 'present') {
      return refuse(
        `This kernel has no parameter ${want.name}.`,
        'Load the kernel module that brings it first (module modprobe), or look for the right name: sysctl -a.',
      );
    }
    const refusal = editRefusal(fileOf(want), found.saved);
    if (refusal) return refusal;
    const saved = textOf(found.saved) ?? '';
    const kept = want.state === 'present' ? String(kernelValue(want)) : undefined;
    const after = withLine(saved, want, kept);
    const noFile =
      found.saved.exists || after === saved
        ? undefined
        : newFileRefusal(fileOf(want), found.itself, found.directory);
    if (noFile) return noFile;
    // What we never kept is somebody else's: absent leaves it alone.
    const isOurs = want.state === 'present' || (live !== undefined && after !== saved);
    return [...(isOurs ? liveSteps(want, live) : []), ...fileSteps('saved', fileOf(want), saved, after)];
  },
});

function liveSteps(want: Want, live: string | undefined): readonly Step[] {
  const value = kernelValue(want);
  if (value === undefined) return [];
  // printf and not sysctl(8), which a small system lacks; a redirection, because /proc knows no rename.
  const action = run(['sh', '-c', 'printf "%s\\n" "$2" > "$1"', 'sh', procPath(want.name), value]);
  const effects = [answers(sysctlValue(dottedName(want.name)), { value })];
  if (live === undefined) return [step('live value', undefined, value, { action, effects })];
  return differs('live value', normal(live), value, { action, effects });
}

const normal = (value: string): string => value.trim().replace(/\s+/g, ' ');

function kernelValue({ value }: Want): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'boolean' ? String(Number(value)) : normal(String(value));
}

const fileOf = (want: Want): string =>
  want.sysctl_file ?? `/etc/sysctl.d/99-troupe-${dottedName(want.name).replaceAll('/', '-')}.conf`;

/** The text of a file with just one line for the parameter, or none where `value` is undefined. */
function withLine(text: string, want: Want, value: string | undefined): string {
  const name = dottedName(want.name);
  const lines = text.split('\n');
  const isOurs = (line: string): boolean => {
    const [, key = ''] = /^\s*-?\s*([^\s=#;]+)\s*=/.exec(line) ?? [];
    return dottedName(key) === name;
  };
  const at = lines.findIndex(isOurs);
  const others = lines.filter((line) => !isOurs(line));
  if (value === undefined) return others.join('\n');
  const line = `${name} = ${value}`;
  if (at >= 0) {
    const before = lines.slice(0, at).filter((other) => !isOurs(other));
    return [...before, line, ...others.slice(before.length)].join('\n');
  }
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${line}\n`;
}
