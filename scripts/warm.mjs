// Makes the code cache of the bundle: runs what users run most, in one process, then keeps what V8 compiled for it.
// It only checks and plans: nothing is changed here, and its hosts are this machine and an ssh server of its own.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import ssh2 from 'ssh2';
import { keyPair } from './key-pair.mjs';

const { load } = createRequire(import.meta.url)('../bin/code-cache.cjs');
const [bundle] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'troupe-warm-'));
const at = (name) => join(folder, name);
// The builder's own ~/.ssh/config has no say in it.
process.env.HOME = folder;

const PLAYBOOK = `- hosts: all
  gather_facts: true
  vars: {greeting: "hello {{inventory_hostname}}", ports: [80, 443]}
  handlers:
    - name: reload
      command: {argv: ["true"]}
  tasks:
    - name: a folder that is there
      file: {path: /, state: directory}
    - name: a file that is not there
      copy: {dest: ${at('copy')}, content: "{{greeting}}\\n", mode: "0644"}
      notify: reload
    - template: {src: page.hbs, dest: ${at('page')}}
    - lineinfile: {path: /etc/hosts, regexp: "^127.0.0.1", line: 127.0.0.1 localhost}
    - command: {argv: [echo, "{{item}}"]}
      loop: "{{ports}}"
      register: said
      when: facts.os.family != "none" && size(ports) == 2
      changed_when: false
    - debug: {msg: "{{default said.stdout 'nothing yet'}}"}
`;
const PAGE = '{{#each ports}}listen {{this}}\n{{/each}}{{#if greeting}}# {{greeting}}\n{{/if}}';

const server = await startServer();
const inventory = {
  here: { connection: 'local' },
  there: {
    address: '127.0.0.1',
    port: server.port,
    user: 'warm',
    identity_file: at('key'),
    known_hosts_file: at('known_hosts'),
  },
};
writeFileSync(at('hosts.json'), JSON.stringify({ all: { hosts: inventory } }));
writeFileSync(at('site.yml'), PLAYBOOK);
mkdirSync(at('templates'));
writeFileSync(at('templates/page.hbs'), PAGE);

const { exports: troupe, keep } = load(bundle);
const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
const silent = Object.assign(nowhere, { isTTY: true, columns: 80, rows: 24 });
const io = { stdin: process.stdin, stdout: silent, stderr: silent, env: { TERM: 'xterm' } };
const plan = ['plan', at('site.yml'), '-i', at('hosts.json')];
const runs = [
  [0, ['check', 'playbooks/lvs-dr.yml', '-i', 'inventory/lab-dr.yml']],
  [2, plan],
  [2, [...plan, '--format', 'json']],
  [2, [...plan, '--format', 'plain', '--verbose']],
];
for (const [expected, argv] of runs) {
  const status = await troupe.cli(argv, io);
  if (status !== expected) console.error(`note: "troupe ${argv[0]}" ended with ${status} in the build`);
}
keep();
server.stop();
rmSync(folder, { recursive: true });
process.exit();

/** An ssh server that lets one key in, on a port of its own, and runs what it is told as this user. */
async function startServer() {
  const [ours, hosts] = [keyPair(), keyPair()];
  writeFileSync(at('key'), ours.private, { mode: 0o600 });
  const allowed = ssh2.utils.parseKey(ours.public);
  const listening = new ssh2.Server({ hostKeys: [hosts.private] }, (client) => {
    client.on('authentication', (asked) => {
      const { method, key, blob, signature, hashAlgo } = asked;
      const isOurs = method === 'publickey' && key.data.equals(allowed.getPublicSSH());
      if (isOurs && (!signature || allowed.verify(blob, signature, hashAlgo) === true)) asked.accept();
      else asked.reject(['publickey']);
    });
    client.on('session', (accept) =>
      accept().on('exec', (open, _refuse, { command }) => run(open(), command)),
    );
    client.on('error', () => {});
  });
  await new Promise((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address();
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${hosts.public}\n`);
  return { port, stop: () => listening.close() };
}

function run(channel, command) {
  const child = spawn('sh', ['-c', command], { env: { ...process.env, HOME: folder } });
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.stdin.on('error', () => {});
  child.on('close', (code) => {
    channel.exit(code ?? 1);
    channel.end();
  });
}
