import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readRunning, runningFileOf, writeRunning } from '../../../src/dev/running-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'running-file-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('another shell of the same user reads what dev published', () => {
  writeRunning(folder, { url: 'http://localhost:3000', apiKey: 'old' });
  writeRunning(folder, { url: 'http://localhost:3100', apiKey: 'key' });
  expect(readRunning(folder)).toEqual({ url: 'http://localhost:3100', apiKey: 'key' });
  expect(statSync(runningFileOf(folder)).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['running.json']);
});

test('a missing or unreadable file means that no dev is running', () => {
  expect(readRunning(folder)).toBeNull();
  writeFileSync(runningFileOf(folder), '{"url":');
  expect(readRunning(folder)).toBeNull();
  writeFileSync(runningFileOf(folder), '{"url":"http://localhost:3000"}');
  expect(readRunning(folder)).toBeNull();
});
