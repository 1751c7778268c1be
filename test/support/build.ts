import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformFile } from '@swc/core';
import { writeWorkflowBundle } from '../../src/temporal/workflow-bundle';

const ROOT = path.resolve(__dirname, '../..');

/**
 * Compiles the current `src` and `sandbox` into a folder, because `dist` may be older and tests must not change it. Uses
 * swc, which takes a second; the compiler takes many on a busy machine. Types are checked elsewhere.
 *
 * @returns the folder with `cli.js`, like `dist`
 */
export async function buildProduct(folder: string): Promise<string> {
  const dist = path.join(folder, 'dist');
  await Promise.all([
    compile('src', dist),
    compile('sandbox', path.join(dist, 'sandbox')),
    compile('packages/client/src', path.join(folder, 'packages/client/dist')),
  ]);
  // The product reads templates and examples from folders next to `dist`, and packages from the folder above it.
  for (const name of ['src', 'sandbox', 'examples', 'node_modules', 'package.json']) {
    symlinkSync(path.join(ROOT, name), path.join(folder, name));
  }
  return dist;
}

async function compile(room: string, target: string): Promise<void> {
  const sources = readdirSync(path.join(ROOT, room), { recursive: true, encoding: 'utf8' });
  await Promise.all(
    sources
      .filter((file) => file.endsWith('.ts'))
      .map(async (file) => {
        const { code } = await transformFile(path.join(ROOT, room, file), {
          swcrc: false,
          jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
          // Node reads the names for `await import()` from this annotation.
          module: { type: 'commonjs', ignoreDynamic: true, exportInteropAnnotation: true },
        });
        const compiled = path.join(target, file.replace(/\.ts$/, '.js'));
        mkdirSync(path.dirname(compiled), { recursive: true });
        writeFileSync(compiled, code);
      }),
  );
}

/**
 * Bundles the workflows once for all workers of a test run, at the path where the built product looks for the bundle.
 *
 * @returns the file
 */
export async function buildWorkflowBundle(folder: string): Promise<string> {
  const file = path.join(folder, 'dist', 'workflows.bundle.js');
  mkdirSync(path.dirname(file), { recursive: true });
  await writeWorkflowBundle(file);
  return file;
}
