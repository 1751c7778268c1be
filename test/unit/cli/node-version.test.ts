import { expect, test } from '@jest/globals';
import packageJson from '../../../package.json';
import { checkNodeVersion } from '../../../src/cli/node-version';
import { ConfigError } from '../../../src/config';

const [, oldest = ''] = /^>=(\d+\.\d+)$/.exec(packageJson.engines.node) ?? [];

test.each(['20.20.2', '22.12.0', '21.99.0'])(
  'Node.js %s is rejected, and the error says which one to use',
  (version) => {
    expect(() => checkNodeVersion(version)).toThrow(ConfigError);
    expect(() => checkNodeVersion(version)).toThrow(
      new RegExp(`${version}, but ${oldest} or newer is required. .npm start.`),
    );
  },
);

test.each([`${oldest}.0`, '22.20.1', '24.0.0', process.versions.node])('Node.js %s is accepted', (version) => {
  expect(() => checkNodeVersion(version)).not.toThrow();
});
