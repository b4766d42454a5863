// Bundles src/ to dist/: one small entry and lazily loaded chunks, so that starting is quick.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Zod brings its messages in fifty languages, a third of a megabyte to parse; ours are English. */
const englishOnly = {
  name: 'english-only',
  setup(bundler) {
    bundler.onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, '../locales/en.js'),
    }));
  },
};

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { troupe: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  // Libraries are bundled too: to find and read their hundreds of files costs more than to run them. Those that load
  // native code, or find files of their own beside them, stay where they are.
  external: ['ssh2', 'zx', 'listr2'],
  // CommonJS in a bundle of ES modules asks for Node's own modules by require.
  banner: {
    js: "import { createRequire as troupeRequire } from 'node:module'; const require = troupeRequire(import.meta.url);",
  },
  minify: true,
  plugins: [englishOnly],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
});
