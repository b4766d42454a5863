// What is measured: each tool as the command that a user would type, for a set of hosts at a round trip.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchedFloor, plainFloor } from './floor.mjs';
import { quote } from './quote.mjs';

const repository = new URL('../..', import.meta.url).pathname;
const troupe = join(repository, 'bin/troupe');

/**
 * The tools, by name: `{ label, works, command(place), after?(place) }`. A place is `{ folder, playbook, hosts, rtt,
 * scenario }`; a command is `{ argv, env? }`. `works` is false where a tool only connects.
 */
export const TOOLS = {
  'ssh-true': { label: '`ssh host true`', works: false, command: (place) => sshEach(place, () => 'true\n') },
  'ssh2-true': {
    label: 'Node, ssh2, `true`',
    works: false,
    command: ({ hosts, rtt }) => ({
      argv: [
        process.execPath,
        join(repository, 'bench/w1/bare-ssh2.mjs'),
        JSON.stringify(hosts.map((host) => ({ ...host, ...host.at(rtt) }))),
      ],
    }),
  },
  // All that comes before the first connection, for these hosts.
  check: {
    label: '`troupe check`',
    works: false,
    command: (place) => ({ argv: [troupe, 'check', place.playbook, '-i', inventory(place)] }),
  },
  batched: {
    label: 'batched floor',
    works: true,
    command: (place) => sshEach(place, (host) => batchedFloor(host, place.scenario !== 'unchanged')),
  },
  floor: { label: 'floor', works: true, command: (place) => sshEach(place, plainFloor) },
  troupe: {
    label: '**Troupe**',
    works: true,
    command: (place) => ({ argv: [troupe, 'apply', place.playbook, '-i', inventory(place)] }),
  },
  pipelining: {
    label: 'Ansible, pipelining',
    works: true,
    command: (place) => ansible(place, { forks: Math.max(5, place.hosts.length), pipelining: 'True' }),
    after: endMasters,
  },
  ansible: {
    label: 'Ansible as installed',
    works: true,
    command: (place) => ansible(place, { forks: 5, pipelining: 'False' }),
    after: endMasters,
  },
};

/** The names of those that need ansible-core. */
export const ANSIBLE = ['pipelining', 'ansible'];

/** An inventory that Troupe and Ansible both read. */
function inventory({ folder, hosts, rtt }) {
  const path = join(folder, `inventory-${hosts.length}-${rtt}.yml`);
  const [{ identityFile, knownHostsFile, user }] = hosts;
  const vars = {
    ansible_user: user,
    ansible_ssh_private_key_file: identityFile,
    ansible_python_interpreter: '/usr/bin/python3',
    ansible_remote_tmp: join(folder, 'remote'),
    known_hosts_file: knownHostsFile,
  };
  const entries = hosts.map((host) => {
    const { address, port } = host.at(rtt);
    return [host.name, { ansible_host: address, ansible_port: port, root: host.root }];
  });
  writeFileSync(path, JSON.stringify({ all: { vars, hosts: Object.fromEntries(entries) } }, null, 1));
  return path;
}

/** Ansible's defaults hold but for what is given; ControlPersist is among them. */
function ansible(place, { forks, pipelining }) {
  const home = join(place.folder, 'home');
  mkdirSync(home, { recursive: true });
  const config = join(home, 'ansible.cfg');
  const [{ knownHostsFile }] = place.hosts;
  writeFileSync(
    config,
    [
      '[defaults]',
      `forks=${forks}`,
      '[ssh_connection]',
      `pipelining=${pipelining}`,
      `ssh_extra_args=-F none -o UserKnownHostsFile=${knownHostsFile}`,
      '',
    ].join('\n'),
  );
  return {
    argv: ['ansible-playbook', '-i', inventory(place), place.playbook],
    env: { HOME: home, ANSIBLE_CONFIG: config, ANSIBLE_HOME: join(home, '.ansible') },
  };
}

/** ControlPersist leaves connections open, by which the next run would be spared its own. */
function endMasters({ folder }) {
  const sockets = join(folder, 'home/.ansible/cp');
  if (!existsSync(sockets)) return;
  for (const name of readdirSync(sockets)) {
    try {
      execFileSync('ssh', ['-O', 'exit', '-o', `ControlPath=${join(sockets, name)}`, 'host'], {
        stdio: 'ignore',
      });
    } catch {
      // It has ended by itself.
    }
    rmSync(join(sockets, name), { force: true });
  }
}

/** One `ssh` a host, side by side, each with a script for the host's sh. */
function sshEach({ folder, hosts, rtt }, scriptOf) {
  const driver = join(folder, 'each.sh');
  const lines = hosts.map((host, index) => {
    const script = join(folder, `script-${index}.sh`);
    writeFileSync(script, scriptOf(host));
    const { address, port } = host.at(rtt);
    const options = `-F none -o BatchMode=yes -o UserKnownHostsFile=${quote(host.knownHostsFile)} -i ${quote(host.identityFile)}`;
    return `ssh ${options} -p ${port} ${host.user}@${address} sh <${quote(script)} & pids="$pids $!"`;
  });
  writeFileSync(driver, `${lines.join('\n')}\nfor pid in $pids; do wait "$pid" || exit 1; done\n`);
  return { argv: ['sh', driver] };
}
