// Leads ports of this machine's loopback to sshd's of a lab: forward.mjs PIDFILE PORT=ADDRESS…, in the lab's network. The
// servers listen outside, where they were opened, and are handed over in messages that name their ways.
import { readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const [pidFile, ...ways] = process.argv.slice(2);
const open = new Set();

process.on('message', (way, server) => {
  const [, address] = way.split('=');
  server.on('connection', (outside) => {
    outside.allowHalfOpen = true;
    outside.setNoDelay(true);
    const inside = connect({ host: address, port: 22, allowHalfOpen: true, noDelay: true });
    for (const [one, other] of [
      [outside, inside],
      [inside, outside],
    ]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  open.add(way);
  if (open.size < ways.length) return;
  // In the /proc of outside this is the number that outsiders know.
  writeFileSync(`${pidFile}.new`, `${readlinkSync('/proc/self')}\n`);
  renameSync(`${pidFile}.new`, pidFile);
});

// Who starts this lets go of it when it has all servers; a part of the way in is none.
process.on('disconnect', () => {
  if (open.size < ways.length) process.exit(1);
});
