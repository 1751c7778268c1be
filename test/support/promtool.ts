import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Finds Prometheus' tool for testing rules, on PATH or where `go install` puts it. Null if it is not installed. */
export function findPromtool(): string | null {
  const { PATH = '', GOBIN = '', GOPATH = '' } = process.env;
  const folders = [
    ...PATH.split(delimiter),
    GOBIN,
    ...GOPATH.split(delimiter).map((path) => path && join(path, 'bin')),
    join(homedir(), 'go', 'bin'),
  ];
  const found = folders.filter((folder) => folder !== '').map((folder) => join(folder, 'promtool'));
  return found.find((path) => existsSync(path)) ?? null;
}
