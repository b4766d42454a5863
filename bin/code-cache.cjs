// The bundle in dist/, run with what V8 compiled of it before. Why: docs/decisions/0019-a-code-cache.md
const { readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { dirname } = require('node:path');
const { constants, Script } = require('node:vm');
const { crc32 } = require('node:zlib');

/** Bytes before V8's own: the checksum of what follows, then the stamp of the bundle that it belongs to. */
const CHECKSUM = 4;

/** The cache of a bundle for the Node that runs: another version's or processor's would be refused anyway. */
const cacheOf = (bundle) => `${bundle}-${process.version}-${process.arch}.cache`;

/** The last line of a bundle, which scripts/build.mjs makes of all the others. */
const stampOf = (source) => Buffer.from(source.slice(source.lastIndexOf('\n') + 1), 'latin1');

/**
 * What was kept of a bundle; undefined where there is nothing, or not of this very bundle. V8 looks at its own version
 * and flags and at the length of the source, but not at the rest: a damaged cache would crash it.
 */
function readCache(path, stamp) {
  let kept;
  try {
    kept = readFileSync(path);
  } catch {
    return undefined;
  }
  const start = CHECKSUM + stamp.length;
  if (kept.length < start || !kept.subarray(CHECKSUM, start).equals(stamp)) return undefined;
  return crc32(kept.subarray(CHECKSUM)) === kept.readUInt32LE() ? kept.subarray(start) : undefined;
}

/** Writes what was compiled by now, whole or not at all: where it cannot, the next start just takes longer. */
function keep(path, stamp, script) {
  const unfinished = `${path}.${process.pid}`;
  try {
    // First what tells whether one may write here at all, which is cheaper than the rest.
    writeFileSync(unfinished, '', { flag: 'wx' });
    const body = Buffer.concat([stamp, script.createCachedData()]);
    const checksum = Buffer.alloc(CHECKSUM);
    checksum.writeUInt32LE(crc32(body));
    writeFileSync(unfinished, Buffer.concat([checksum, body]));
    renameSync(unfinished, path);
  } catch {
    rmSync(unfinished, { force: true });
  }
}

/**
 * Loads a CommonJS bundle. `state` is 'used', 'refused' by V8 (for other flags, say), or 'missing'; `keep` writes a cache of
 * what is compiled when it is called.
 */
exports.load = function load(bundle) {
  // esbuild writes ASCII, which is read quicker when nobody looks for more.
  const source = readFileSync(bundle, 'latin1');
  const stamp = stampOf(source);
  const path = cacheOf(bundle);
  const cachedData = readCache(path, stamp);
  const script = new Script(wrap(source), {
    filename: bundle,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
  const state = !cachedData ? 'missing' : script.cachedDataRejected ? 'refused' : 'used';
  return { exports: module.exports, state, keep: () => keep(path, stamp, script) };
};
