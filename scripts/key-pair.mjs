// Key pairs for servers and clients of our own: in the build, the bench and the tests.
import ssh2 from 'ssh2';

const { generateKeyPairSync, parseKey } = ssh2.utils;

/**
 * An ed25519 key pair. Of one in 256 ssh2 leaves out a zero that the public key starts with, and then nobody can read it
 * (mscdex/ssh2#1390); that one is not taken.
 */
export function keyPair() {
  for (;;) {
    const pair = generateKeyPairSync('ed25519');
    const parsed = [pair.private, pair.public].map((text) => parseKey(text));
    if (!parsed.some((key) => key instanceof Error)) return pair;
  }
}
