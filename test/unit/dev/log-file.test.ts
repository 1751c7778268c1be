import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openLogFile } from '../../../src/dev/log-file';

test('the file is readable by its owner only, and a new start truncates it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  const path = join(folder, 'temporal.log');
  openLogFile(path)('before');
  const log = openLogFile(path);
  log('one');
  log('two');
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});

// Linux has a device that is always full.
(existsSync('/dev/full') ? test : test.skip)('a full disk loses lines and ends nothing', () => {
  const log = openLogFile('/dev/full');
  expect(() => log('one')).not.toThrow();
  expect(() => log('two')).not.toThrow();
});
