// W1: a hundred tasks, the files they are made of, and what a host looks like when they are done.
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const count = (amount, make) => Array.from({ length: amount }, (_, at) => make(at));

const VARIABLES = { site: 'north', port: '8080', backlog: '128', owner: 'operations' };
const LIMIT_FILES = 5;

/** About 1 KB. `{{ name }}` is the same in Handlebars and in Jinja2, so both tools read the same file. */
const template = (at) =>
  [
    `# Service ${at} of {{ site }} on {{ inventory_hostname }}, kept by {{ owner }}`,
    'listen {{ inventory_hostname }}:{{ port }} backlog={{ backlog }}',
    ...count(
      14,
      (line) => `option_${line} = {{ site }}-${at}-${line} # kept as it is for {{ owner }}, always`,
    ),
    '',
  ].join('\n');

const copied = (at) => `${'x'.repeat(600)} ${at}\n`;
const limit = (at, value) => `limit_${at} = ${value}`;
const limitsFile = (at) => `limits-${at % LIMIT_FILES}`;

/** What stands in a file of limits before the first run, or when it is done. */
const limits = (file, value) =>
  [
    ...count(20, (line) => `# Limit ${line} of file ${file}, as it was delivered`),
    ...count(15, (at) => at)
      .filter((at) => at % LIMIT_FILES === file)
      .map((at) => limit(at, value)),
    '',
  ].join('\n');

const rendered = (at, host) => {
  const values = { ...VARIABLES, inventory_hostname: host };
  return template(at).replaceAll(/\{\{ (\w+) \}\}/g, (_, name) => values[name]);
};

/**
 * The tasks as data, for the floors: `{ kind: 'directory' | 'file' | 'line' | 'command', path, … }`; paths are below the
 * host's root.
 */
export const itemsOf = (host) => [
  ...count(20, (at) => ({ kind: 'directory', path: `dir-${at}`, mode: '750' })),
  ...count(40, (at) => ({
    kind: 'file',
    path: `dir-${at % 20}/t-${at}.conf`,
    mode: '644',
    content: rendered(at, host),
  })),
  ...count(15, (at) => ({ kind: 'file', path: `copy-${at}`, mode: '640', content: copied(at) })),
  ...count(15, (at) => ({
    kind: 'line',
    path: limitsFile(at),
    regexp: `^limit_${at} `,
    line: limit(at, 4096),
  })),
  ...count(10, (at) => ({ kind: 'command', path: `done-${at}` })),
];

/** Writes the playbook, which Troupe and Ansible both read as it is, its templates and files; answers its path. */
export function writePlaybook(folder) {
  for (const room of ['templates', 'files']) mkdirSync(join(folder, room), { recursive: true });
  count(40, (at) => writeFileSync(join(folder, 'templates', `t-${at}.conf`), template(at)));
  count(15, (at) => writeFileSync(join(folder, 'files', `c-${at}`), copied(at)));
  const tasks = [
    ...count(20, (at) => ({ file: { path: `{{ root }}/dir-${at}`, state: 'directory', mode: '0750' } })),
    ...count(40, (at) => ({
      template: { src: `t-${at}.conf`, dest: `{{ root }}/dir-${at % 20}/t-${at}.conf`, mode: '0644' },
    })),
    ...count(15, (at) => ({ copy: { src: `c-${at}`, dest: `{{ root }}/copy-${at}`, mode: '0640' } })),
    ...count(15, (at) => ({
      lineinfile: { path: `{{ root }}/${limitsFile(at)}`, regexp: `^limit_${at} `, line: limit(at, 4096) },
    })),
    ...count(10, (at) => ({
      command: { cmd: `touch {{ root }}/done-${at}`, creates: `{{ root }}/done-${at}` },
    })),
  ].map((task, at) => ({ name: `Task ${at}`, ...task }));
  const path = join(folder, 'w1.yml');
  // JSON is YAML.
  writeFileSync(
    path,
    JSON.stringify([{ hosts: 'all', gather_facts: false, vars: VARIABLES, tasks }], null, 1),
  );
  return path;
}

/** How a host stands before a run: `first`, `unchanged` or `changed` (10 of the 100 tasks have work). */
export function prepareHost({ name, ownRoot: root }, scenario) {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const first = scenario === 'first';
  count(LIMIT_FILES, (at) => writeFileSync(join(root, `limits-${at}`), limits(at, first ? 1024 : 4096)));
  if (first) return;
  for (const item of itemsOf(name)) {
    const path = join(root, item.path);
    if (item.kind === 'directory') mkdirSync(path);
    if (item.kind === 'file') writeFileSync(path, item.content);
    if (item.kind === 'command') writeFileSync(path, '');
    if (item.mode) chmodSync(path, Number.parseInt(item.mode, 8));
  }
  if (scenario === 'changed') drift(root);
}

/** Four templates, two modes, two lines, one copy, one command. */
function drift(root) {
  for (const at of [3, 14, 22, 39]) {
    writeFileSync(join(root, `dir-${at % 20}/t-${at}.conf`), 'edited by hand\n');
  }
  for (const at of [1, 11]) chmodSync(join(root, `dir-${at}`), 0o700);
  for (const at of [4, 7]) {
    const path = join(root, limitsFile(at));
    writeFileSync(path, readFileSync(path, 'utf8').replace(limit(at, 4096), limit(at, 1)));
  }
  writeFileSync(join(root, 'copy-5'), 'cut short');
  rmSync(join(root, 'done-8'));
}

/** Everything below a host's root: kind, mode and content by path. `withIdentity` adds what a rewriting changes. */
export function treeOf(root, withIdentity = false) {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const { mode, ino, mtimeMs, ctimeMs } = lstatSync(path);
    const content = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
    // Whoever runs the commands and the edits has a umask of his own; the tasks say nothing of these modes.
    const said = /^(done|limits)-/.test(entry.name) ? '' : (mode & 0o7777).toString(8);
    const identity = withIdentity ? ` ${ino} ${mtimeMs} ${ctimeMs}` : '';
    return `${relative(root, path)} ${said} ${content}${identity}`;
  });
  return entries.sort().join('\n');
}
