import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformFile } from '@swc/core';

const ROOT = path.resolve(__dirname, '../..');

/** The product as programs of its own, for tests that kill them. */
export interface BuiltProduct {
  /** Folder that holds `cli.js`, as `dist` does. */
  readonly dist: string;
  remove(): void;
}

/**
 * Compiles `src` into a temporary folder, as it is now: `dist` may be of yesterday, and tests must not change it. With
 * swc, which takes a second where the compiler takes many on a busy machine; types are checked elsewhere.
 */
export async function buildProduct(): Promise<BuiltProduct> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hubspot-meeting-sync-build-'));
  const dist = path.join(folder, 'dist');
  const sources = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  await Promise.all(
    sources
      .filter((file) => file.endsWith('.ts'))
      .map(async (file) => {
        const { code } = await transformFile(path.join(ROOT, 'src', file), {
          swcrc: false,
          jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
          // The annotation is what Node reads the names of `await import()` from.
          module: { type: 'commonjs', ignoreDynamic: true, exportInteropAnnotation: true },
        });
        const target = path.join(dist, file.replace(/\.ts$/, '.js'));
        mkdirSync(path.dirname(target), { recursive: true });
        writeFileSync(target, code);
      }),
  );
  // Page templates are read from beside `dist`, packages from above it.
  for (const name of ['src', 'node_modules', 'package.json']) {
    symlinkSync(path.join(ROOT, name), path.join(folder, name));
  }
  return { dist, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
