// Bundles src/ to dist/troupe.cjs, one file that is read at once, and makes the code cache for it (docs/decisions/0019-a-code-cache.md).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * Of ssh2 we are a client; what else is in it brings Node's http, https and tls along. Files travel through the shell, not by
 * SFTP, and an encrypted key is left to the agent, so that nothing of it is ever decrypted (bcrypt).
 */
const sshClientOnly = {
  name: 'ssh-client-only',
  setup(bundler) {
    const leaveOut = (filter, from) =>
      bundler.onResolve({ filter }, ({ path, importer }) =>
        from.test(importer) ? { path, namespace: 'left-out' } : undefined,
      );
    leaveOut(/^\.\/(server|http-agents|keygen)\.js$/, /ssh2\/lib\/index\.js$/);
    leaveOut(/^\.\/protocol\/SFTP\.js$/, /ssh2\/lib\//);
    leaveOut(/^bcrypt-pbkdf$/, /ssh2\/lib\//);
    bundler.onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** Commander starts other programs for subcommands that are files of their own; ours are not. */
const ownSubcommandsOnly = {
  name: 'own-subcommands-only',
  setup(bundler) {
    bundler.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /node_modules\/commander\//.test(importer) ? { path, namespace: 'left-out' } : undefined,
    );
  },
};

/** A file of ours. */
const OURS = /^(?!.*\/node_modules\/).*\/src\//;

/** What Node loads, or makes ready, when it is first called, because a run may have no need of it: names by module and user. */
const LATE = [
  // What only checks a playbook needs no cryptography.
  {
    module: 'node:crypto',
    names: [
      ...['createHash', 'createHmac', 'createPrivateKey', 'hash', 'randomBytes', 'randomInt', 'scryptSync'],
      ...['sign', 'timingSafeEqual'],
    ],
    user: OURS,
  },
  // Only large files travel in pieces.
  { module: 'node:fs/promises', names: ['mkdir', 'open', 'rename', 'rm'], user: OURS },
  // For `Match exec`.
  { module: 'node:child_process', names: ['spawnSync'], user: /node_modules\/ssh-config\// },
  // For the agents of Windows, and for hosts that ssh2 is to connect to itself.
  { module: 'child_process', names: ['execFile', 'spawn'], user: /node_modules\/ssh2\// },
  { module: 'dns', names: ['lookup'], user: /node_modules\/ssh2\// },
];

/** A name that is missing in `LATE` is an error of the build. */
const late = {
  name: 'late',
  setup(bundler) {
    bundler.onResolve({ filter: new RegExp(`^(${LATE.map(({ module }) => module).join('|')})$`) }, (asked) =>
      LATE.some(({ module, user }) => module === asked.path && user.test(asked.importer))
        ? { path: asked.path, namespace: 'late' }
        : undefined,
    );
    bundler.onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({
      contents: (LATE.find(({ module }) => module === path)?.names ?? [])
        .map(
          (name) =>
            `export const ${name} = (...given) => process.getBuiltinModule('${path}').${name}(...given);`,
        )
        .join('\n'),
    }));
  },
};

/** Of Node's `assert`, which is large, asn1 asks whether something is so. */
const smallAssert = {
  name: 'small-assert',
  setup(bundler) {
    bundler.onResolve({ filter: /^assert$/ }, ({ path, importer }) =>
      /node_modules\/asn1\//.test(importer) ? { path, namespace: 'small' } : undefined,
    );
    bundler.onLoad({ filter: /./, namespace: 'small' }, () => ({
      contents: `exports.ok = (so) => { if (!so) throw new Error('not what asn1 expects'); };
        exports.equal = (one, other) => exports.ok(one === other);`,
    }));
  },
};

/**
 * Before its first word to a server ssh2 makes WebAssembly ready, for a cipher that hardly any asks for, and that its
 * native code has, too, where there is any. Here it is made when it is first called.
 */
const lateWasm = {
  name: 'late-wasm',
  setup(bundler) {
    const changed = (text, edits) => {
      const unknown = edits.find(([from]) => !from || text.split(from).length !== 2);
      if (unknown) return { errors: [{ text: `ssh2 is not as it was: where is "${unknown[0]}"?` }] };
      return { contents: edits.reduce((before, [from, to]) => before.replace(from, () => to), text) };
    };
    bundler.onLoad({ filter: /ssh2\/lib\/protocol\/crypto\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const [setUp = ''] = /POLY1305_WASM_MODULE = await [^}]+(?=\} catch)/.exec(text) ?? [];
      // The first call is made with the result's place not known yet.
      const first = `let poly1305_auth = (_, ...given) => {
        ${setUp.replace('await ', '')}
        poly1305_auth(POLY1305_RESULT_MALLOC, ...given);
      };`;
      return changed(text, [
        [setUp, ''],
        ['let poly1305_auth;', first],
      ]);
    });
    bundler.onLoad({ filter: /ssh2\/lib\/protocol\/crypto\/poly1305\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const [, bytes] = /"data:application\/octet-stream;base64,([\w+/=]+)"/.exec(text) ?? [];
      const made = `createPoly1305 = { instantiateWasm(imports, receive) {
        const module = new WebAssembly.Module(Buffer.from('${bytes}', 'base64'));
        const instance = new WebAssembly.Instance(module, imports);
        receive(instance);
        return instance.exports;
      } };`;
      return changed(text, [
        [bytes, ''],
        ['createPoly1305 = createPoly1305 || {};', made],
        ['return createPoly1305.ready', 'return createPoly1305'],
      ]);
    });
  },
};

/** Native code stays where npm built it, or did not: ssh2 does without. */
const nativeOutside = {
  name: 'native-outside',
  setup(bundler) {
    bundler.onResolve({ filter: /^cpu-features$/ }, ({ path }) => ({ path, external: true }));
    bundler.onResolve({ filter: /\.node$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path).replace(/^.*\/node_modules\//, ''),
      external: true,
    }));
  },
};

const { outputFiles } = await build({
  entryPoints: { troupe: 'src/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  write: false,
  format: 'cjs',
  // The same parser; the one for Node asks the environment at every token whether to log it, which takes a fifth of its time.
  // asn1 asks for Buffer only; the other makes a copy of all that the module has.
  alias: { yaml: './node_modules/yaml/browser/index.js', 'safer-buffer': 'node:buffer' },
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  // `--readable` keeps the names for --cpu-prof.
  minify: !process.argv.includes('--readable'),
  plugins: [sshClientOnly, ownSubcommandsOnly, late, smallAssert, lateWasm, nativeOutside],
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
});
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
for (const { path, text } of outputFiles)
  writeFileSync(path, path.endsWith('.cjs') ? stamped(ascii(text)) : text);
const warm = spawnSync(process.execPath, ['scripts/warm.mjs', resolve('dist/troupe.cjs')], {
  stdio: 'inherit',
  timeout: 120_000,
});
if (warm.status !== 0) console.error('note: no code cache was made, so that each start will take longer.');

/** esbuild escapes all but regular expressions; the bundle is read as latin1. */
function ascii(text) {
  return text.replace(/[^\0-\x7f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The last line names what is above it, so that a cache of another bundle is not taken for its own. */
function stamped(text) {
  return `${text}//# ${createHash('sha256').update(text).digest('hex')}`;
}
