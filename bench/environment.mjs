/** What a program needs of the environment to find others, and to know who runs it and in which language. */
const NEEDED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TMPDIR'];

/**
 * The environment of what is measured: what else a user has set is no part of it. With NODE_EXTRA_CA_CERTS, say, Node 20 reads
 * all certificates whenever it starts, which takes longer than the rest of its start.
 */
export const environment = Object.fromEntries(
  NEEDED.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]),
);
