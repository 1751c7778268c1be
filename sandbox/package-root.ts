import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Returns the folder of this package's package.json. Templates and styles are read from `sandbox/pages` under it, so
 * that the TypeScript sources and the compiled program in dist/sandbox use the same files and no build step copies
 * them.
 */
export function packageRoot(from: string = __dirname): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${from}: keep the sandbox inside its package.`);
    folder = parent;
  }
  return folder;
}
