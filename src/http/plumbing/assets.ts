import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { PUBLIC_FOLDER } from './page-files';

const ONE_HOUR_MS = 60 * 60 * 1000;

/** Serves our style sheet, and Pico, htmx and Chart.js from their packages. No build step, nothing from other hosts. */
export async function registerAssets(app: FastifyInstance): Promise<void> {
  const common = { decorateReply: false, index: false as const, wildcard: false, maxAge: ONE_HOUR_MS };
  await app.register(fastifyStatic, { ...common, root: PUBLIC_FOLDER, prefix: '/assets/' });
  await app.register(fastifyStatic, {
    ...common,
    root: path.join(path.dirname(require.resolve('@picocss/pico/package.json')), 'css'),
    prefix: '/assets/pico/',
    // Pico has about a hundred variants.
    globIgnore: ['!(pico.min.css)'],
  });
  await app.register(fastifyStatic, {
    ...common,
    root: path.join(path.dirname(require.resolve('htmx.org/package.json')), 'dist'),
    prefix: '/assets/htmx/',
    // The package's extensions and tools are in folders.
    globIgnore: ['!(htmx.min.js)', '*/*/**'],
  });
  await app.register(fastifyStatic, {
    ...common,
    root: path.dirname(require.resolve('chart.js')),
    prefix: '/assets/chart.js/',
    globIgnore: ['!(chart.umd.min.js)', '*/*/**'],
  });
}
