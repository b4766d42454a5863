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

/** Node makes its cryptography ready at the first call, not at the start: what only checks a playbook needs none. */
const lateCrypto = {
  name: 'late-crypto',
  setup(bundler) {
    bundler.onResolve({ filter: /^node:crypto$/ }, ({ path, namespace }) =>
      namespace === 'file' ? { path, namespace: 'late' } : undefined,
    );
    // A name that is missing here is an error of the build.
    const used = ['createHash', 'createHmac', 'createPrivateKey', 'randomBytes', 'randomInt'];
    const late = [...used, 'scryptSync', 'sign', 'timingSafeEqual'].map(
      (name) =>
        `export const ${name} = (...given) => process.getBuiltinModule('node:crypto').${name}(...given);`,
    );
    bundler.onLoad({ filter: /./, namespace: 'late' }, () => ({ contents: late.join('\n') }));
  },
};

/**
 * ssh2 waits for WebAssembly before its first word to a server, for a cipher that hardly any asks for. Made at once it takes
 * a millisecond; made in the background, several turns of the event loop.
 */
const wasmAtOnce = {
  name: 'wasm-at-once',
  setup(bundler) {
    bundler.onLoad({ filter: /ssh2\/lib\/protocol\/crypto\/poly1305\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const [, bytes] = /"data:application\/octet-stream;base64,([\w+/=]+)"/.exec(text) ?? [];
      const options = 'createPoly1305 = createPoly1305 || {};';
      if (!bytes || !text.includes(options)) return { errors: [{ text: 'poly1305.js is not as it was' }] };
      const made = `{ instantiateWasm(imports, receive) {
        const module = new WebAssembly.Module(Buffer.from('${bytes}', 'base64'));
        const instance = new WebAssembly.Instance(module, imports);
        receive(instance);
        return instance.exports;
      } }`;
      return { contents: text.replace(bytes, '').replace(options, () => `createPoly1305 = ${made};`) };
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
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  // `--readable` keeps the names for --cpu-prof.
  minify: !process.argv.includes('--readable'),
  plugins: [sshClientOnly, ownSubcommandsOnly, lateCrypto, wasmAtOnce, nativeOutside],
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
