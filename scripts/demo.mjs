// The demo's script: the same commands that a reader would type, each shown before it runs, then what came of it.
import { spawn } from 'node:child_process';

const [mode] = process.argv.slice(2);
const inventory = `inventory/lab-${mode}.yml`;
const playbook = `playbooks/${{ nfs: 'storage-nfs', iscsi: 'storage-iscsi', web: 'cluster-web' }[mode] ?? `lvs-${mode}`}.yml`;
const started = Date.now();
const bold = (text) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);

/** Runs a troupe command; `how.keep` also returns what it printed. The demo ends with its status unless it is expected. */
async function troupe(argv, how = {}) {
  const { expect = [0], keep = false, quiet = false } = how;
  if (!quiet) process.stdout.write(`\n${bold(`$ troupe ${argv.join(' ')}`)}\n`);
  const child = spawn(process.execPath, ['bin/troupe', ...argv], {
    stdio: ['inherit', keep || quiet ? 'pipe' : 'inherit', 'inherit'],
  });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
    if (!quiet) process.stdout.write(chunk);
  });
  const status = await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 130)));
  if (!expect.includes(status)) {
    const why = status === 2 ? 'the second plan still lists changes' : 'it did not do what it should';
    console.error(`\nThe demo ends here: "troupe ${argv.join(' ')}" exited with ${status}: ${why}.`);
    console.error(
      `The machines are still up: ./bin/troupe lab status ${on.join(' ')}; take them down with ./bin/troupe lab down -i ${inventory}`,
    );
    process.exit(status === 2 ? 1 : status);
  }
  return { status, output };
}

const seconds = () => Math.round((Date.now() - started) / 1000);
const on = ['-i', inventory];

const { output: before } = await troupe(['lab', 'status', ...on, '--format', 'json'], {
  quiet: true,
  expect: [0, 1],
});
await troupe(['lab', 'up', ...on]);
if (before.includes('"up"')) {
  console.log('The lab was up already: its machines go back to how they were when they first came up.');
  await troupe(['lab', 'reset', ...on]);
}
const up = seconds();
await troupe(['plan', playbook, ...on], { expect: [2] });
await troupe(['apply', playbook, ...on, '--skip-tags', 'verify']);
const verified = await troupe(['apply', playbook, ...on, '--tags', 'verify'], { keep: true });
await troupe(['plan', playbook, ...on]);

const { output } = await troupe(['inventory', ...on, '--format', 'json'], { quiet: true });
const splits = verified.output
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => /^\S+ \d+( {2}\S+ \d+)+$/.test(line));

console.log(`\n${bold('What stands now')}\n\n${picture(JSON.parse(output))}\n`);
for (const split of splits) console.log(split);
const proof = {
  web: 'All real servers have the same page, from one share.',
  nfs: 'What root on web1 wrote, web2 read, and it belongs to user 65534.',
  iscsi: 'web1 has a disk by iSCSI, with ext4 on it, and writes to it.',
}[mode];
if (proof) console.log(proof);
const isStorage = mode === 'nfs' || mode === 'iscsi';
const look = {
  lvs: [['The table:', `exec directors ${on.join(' ')} -- ipvsadm -Ln --stats`]],
  nfs: [['The share:', `exec nfs_clients ${on.join(' ')} -- ls -ln /mnt/www`]],
  iscsi: [['The disk:', `exec iscsi_initiators ${on.join(' ')} -- lsblk -o NAME,TRAN,FSTYPE,MOUNTPOINT`]],
};
const words = [
  ['Look around:', `lab ssh ${isStorage ? 'web1' : 'client'}`],
  ...(look[mode] ?? look.lvs),
  ...(mode === 'web'
    ? [['The share:', `exec nfs_clients ${on.join(' ')} -- ls -ln /var/www/html/share`]]
    : []),
  ['Take it down:', `lab down ${on.join(' ')}`],
];
console.log(`
${words.map(([what, line]) => `${what.padEnd(15)} ./bin/troupe ${line}`).join('\n')}

Done in ${seconds()} s, ${up} s of them until the machines were up.`);
if (!isStorage && splits.length === 0) {
  console.error('error: the verification printed no split of the requests');
  process.exit(1);
}

/** The cluster as boxes, from the inventory: who sends, who spreads, who answers. */
function picture({ hosts, groups }) {
  const line = (name) => {
    const vars = hosts[name]?.vars ?? {};
    const cards = (vars.lab?.nics ?? []).flatMap((nic) => nic.addresses ?? [nic.address]).filter(Boolean);
    return `${name}  ${cards.join('  ')}`;
  };
  const rows = (title, names, extra = []) =>
    names?.length ? [{ title, lines: [...names.map(line), ...extra] }] : [];
  const first = hosts[groups.directors?.[0]]?.vars ?? {};
  const services = (first.lvs_services ?? []).map(
    ({ port, protocol, scheduler }) =>
      `${first.lvs_vip.address}:${port}/${protocol}  ${scheduler}  LVS-${(first.lvs_mode ?? mode).toUpperCase()}`,
  );
  const boxes = [
    ...rows('client', groups.clients),
    ...rows('director', groups.directors, services),
    ...rows('router', groups.routers),
    ...rows('real servers', groups.realservers),
    ...rows('NFS clients', mode === 'nfs' ? groups.nfs_clients : []),
    ...rows('NFS server', groups.nfs_servers),
    ...rows('iSCSI initiator', groups.iscsi_initiators),
    ...rows('iSCSI target', groups.iscsi_targets),
  ];
  const width = Math.max(
    ...boxes.flatMap((box) => [box.title.length + 4, ...box.lines.map((text) => text.length)]),
  );
  return boxes
    .map(({ title, lines }) =>
      [
        `  ┌─ ${title} ${'─'.repeat(width - title.length - 1)}┐`,
        ...lines.map((text) => `  │ ${text.padEnd(width)} │`),
        `  └${'─'.repeat(width + 2)}┘`,
      ].join('\n'),
    )
    .join(`\n${' '.repeat(6 + Math.floor(width / 2))}│\n`);
}
