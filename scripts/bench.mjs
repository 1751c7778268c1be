// `npm run bench [-- --write]`: runs the benchmark, which Jest compiles and gives its servers. The table goes to stdout.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const jest = fileURLToPath(import.meta.resolve('jest/bin/jest'));
const child = spawn(process.execPath, [jest, '--selectProjects', 'bench'], {
  env: { ...process.env, BENCH: '1', ...(values.write ? { BENCH_WRITE: '1' } : {}) },
  stdio: 'inherit',
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
