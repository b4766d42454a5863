// The play of the fleet: a hundred tasks that find everything as it should be, and the files that make it so.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const count = (amount, make) => Array.from({ length: amount }, (_, at) => make(at));

/** About 1 KB when it is rendered; nothing in it differs between hosts, so that one recording serves all. */
const template = (at) =>
  [
    `# Service ${at} of {{site}}`,
    '{{#each listeners}}',
    'listen {{this.address}}:{{this.port}} backlog={{../backlog}} # {{to_json this}}',
    '{{/each}}',
    `{{#if (eq site "north")}}mode=primary{{else}}mode=backup{{/if}}`,
    ...count(
      14,
      (line) => `option_${line} = {{default option_${line % 4} "unset"}} # kept as it is for item ${at}`,
    ),
    '',
  ].join('\n');

const listeners = count(4, (at) => ({ address: `10.0.0.${at + 1}`, port: 8000 + at }));
const variables = {
  site: 'north',
  backlog: 128,
  listeners,
  option_0: 'a',
  option_1: 'b',
  option_2: 'c',
  option_3: 'd',
};

/** 40 templates, 20 directories, 15 lines, 15 copies, 10 commands: W1's, of which nothing is left to do. */
function tasks(root) {
  return [
    ...count(20, (at) => ({ file: { path: `${root}/dir-${at}`, state: 'directory', mode: '0750' } })),
    ...count(40, (at) => ({
      template: { src: `t-${at}.hbs`, dest: `${root}/dir-${at % 20}/t-${at}.conf`, mode: '0644' },
    })),
    ...count(15, (at) => ({ copy: { src: `c-${at}.txt`, dest: `${root}/copy-${at}`, mode: '0640' } })),
    ...count(15, (at) => ({
      lineinfile: { path: `${root}/lines-${at}`, line: `limit_${at} = 4096`, regexp: `^limit_${at}\\b` },
    })),
    ...count(10, (at) => ({ command: { cmd: `touch ${root}/done-${at}`, creates: `${root}/done-${at}` } })),
  ].map((task, at) => ({
    name: `Task ${at}`,
    ...task,
    ...(at % 5 === 0 ? { when: 'site == "north" && backlog > 1' } : {}),
  }));
}

/** Writes playbook, templates and files under `folder`; answers the playbook's path. What tasks manage is in `root`. */
export function writeWork(folder, root) {
  for (const room of ['templates', 'files']) mkdirSync(join(folder, room), { recursive: true });
  count(40, (at) => writeFileSync(join(folder, 'templates', `t-${at}.hbs`), template(at)));
  count(15, (at) => writeFileSync(join(folder, 'files', `c-${at}.txt`), `${'x'.repeat(600)} ${at}\n`));
  mkdirSync(root, { recursive: true });
  count(15, (at) => writeFileSync(join(root, `lines-${at}`), `# Limits\nlimit_${at} = 4096\n`));
  count(10, (at) => writeFileSync(join(root, `done-${at}`), ''));
  const playbook = join(folder, 'fleet.yml');
  // JSON is YAML.
  writeFileSync(playbook, JSON.stringify([{ hosts: 'all', vars: variables, tasks: tasks(root) }], null, 1));
  return playbook;
}
