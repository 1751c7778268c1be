import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformFile } from '@swc/core';
import { writeWorkflowBundle } from '../../src/temporal/workflow-bundle';

const ROOT = path.resolve(__dirname, '../..');

/**
 * Compiles `src` into a folder, as it is now: `dist` may be older, and tests must not change it. With swc, which takes a
 * second where the compiler takes many on a busy machine; types are checked elsewhere.
 *
 * @returns the folder that holds `cli.js`, as `dist` does
 */
export async function buildProduct(folder: string): Promise<string> {
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
  return dist;
}

/** Bundles the workflows once for all workers of a test run, where the built product looks for them. Returns the file. */
export async function buildWorkflowBundle(folder: string): Promise<string> {
  const file = path.join(folder, 'dist', 'workflows.bundle.js');
  mkdirSync(path.dirname(file), { recursive: true });
  await writeWorkflowBundle(file);
  return file;
}
