import { expect, test } from '@jest/globals';
import packageJson from '../../../package.json';
import { checkNodeVersion } from '../../../src/cli/node-version';
import { ConfigError } from '../../../src/config';

const [, oldest = ''] = /^>=(\d+\.\d+)$/.exec(packageJson.engines.node) ?? [];

test.each(['20.20.2', '22.12.0', '21.99.0'])('Node.js %s is refused with a word on which one to use', (version) => {
  expect(() => checkNodeVersion(version)).toThrow(ConfigError);
  expect(() => checkNodeVersion(version)).toThrow(
    new RegExp(`${version}, and ${oldest} or newer is needed. .npm start.`),
  );
});

test.each([`${oldest}.0`, '22.20.1', '24.0.0', process.versions.node])('Node.js %s is good', (version) => {
  expect(() => checkNodeVersion(version)).not.toThrow();
});
