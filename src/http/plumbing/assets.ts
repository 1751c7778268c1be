import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import compress from '@fastify/compress';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { PUBLIC_FOLDER } from './page-files';

const ONE_HOUR_MS = 60 * 60 * 1000;

/** Files that browsers load from packages, by their path below `/assets/`. */
const PACKAGED: Readonly<Record<string, string>> = {
  'tabler/tabler.min.css': path.join(
    path.dirname(require.resolve('@tabler/core/package.json')),
    'dist/css/tabler.min.css',
  ),
  'htmx/htmx.min.js': path.join(path.dirname(require.resolve('htmx.org/package.json')), 'dist/htmx.min.js'),
};

const versions = new Map<string, string>();

/**
 * Serves our style sheets and scripts, and Tabler and htmx from their packages. No build step, nothing from other hosts.
 * Only assets are compressed: in a compressed page, an attacker could measure how often a guess occurs.
 */
export async function registerAssets(app: FastifyInstance): Promise<void> {
  await app.register(async (assets) => {
    assets.addHook('onRoute', (route) => {
      route.config = { access: 'public', ...route.config };
    });
    await assets.register(compress);
    const common = { decorateReply: false, index: false as const, wildcard: false, maxAge: ONE_HOUR_MS };
    await assets.register(fastifyStatic, { ...common, root: PUBLIC_FOLDER, prefix: '/assets/' });
    for (const [name, file] of Object.entries(PACKAGED))
      // oxlint-disable-next-line no-await-in-loop -- one package after the other
      await assets.register(fastifyStatic, {
        ...common,
        root: path.dirname(file),
        prefix: `/assets/${path.dirname(name)}/`,
        // Serves this one file: the packages also have variants of it, and folders of extensions and tools.
        globIgnore: [`!(${path.basename(name)})`, '*/*/**'],
      });
  });
}

/**
 * The path of an asset below PUBLIC_URL, with its version: browsers keep assets for an hour, and a new release must not
 * meet an old style sheet.
 *
 * @param name - the path below `/assets/`, such as `app.css`
 */
export function assetPath(name: string): string {
  let version = versions.get(name);
  if (version === undefined) {
    const content = readFileSync(PACKAGED[name] ?? path.join(PUBLIC_FOLDER, name));
    version = createHash('sha256').update(content).digest('base64url').slice(0, 12);
    versions.set(name, version);
  }
  return `/assets/${name}?v=${version}`;
}
