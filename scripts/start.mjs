// What `npm start` runs: compiles what has changed since the last time, and starts everything on this machine. Types are
// checked by `npm run build` and `npm test`. Arguments are those of `hubspot-meeting-sync dev`.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const PROJECTS = [
  { config: 'packages/client/tsconfig.json', folder: 'packages/client/src', out: 'packages/client/dist' },
  { config: 'tsconfig.build.json', folder: 'src', out: 'dist' },
  { config: 'sandbox/tsconfig.json', folder: 'sandbox', out: 'dist/sandbox' },
];

/** When the newest source of a project was changed. */
function changedAt({ config, folder }) {
  const sources = readdirSync(join(ROOT, folder), { recursive: true }).filter((file) => file.endsWith('.ts'));
  const files = [config, 'tsconfig.json', 'package-lock.json', ...sources.map((file) => join(folder, file))];
  return Math.max(...files.map((file) => statSync(join(ROOT, file)).mtimeMs));
}

async function compile(project) {
  const buildInfo = join(ROOT, project.out, 'start.tsbuildinfo');
  const compiledAt = statSync(buildInfo, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (compiledAt > changedAt(project)) return true;
  const startedAt = new Date();
  const options = ['--incremental', '--tsBuildInfoFile', buildInfo, '--noCheck', '--declaration', 'false'];
  const compiler = spawn(process.execPath, [TSC, '-p', join(ROOT, project.config), ...options], { stdio: 'inherit' });
  const code = await new Promise((resolve) => {
    compiler.once('close', resolve);
  });
  // The compiler leaves the file as it is when nothing has changed.
  if (code === 0) utimesSync(buildInfo, startedAt, startedAt);
  return code === 0;
}

for (const { out } of PROJECTS) mkdirSync(join(ROOT, out), { recursive: true });
const compiled = await Promise.all(PROJECTS.map(compile));
if (compiled.every(Boolean)) {
  const cli = join(ROOT, 'dist/cli.js');
  process.argv = [process.execPath, cli, 'dev', ...process.argv.slice(2)];
  await import(cli);
} else process.exitCode = 1;
