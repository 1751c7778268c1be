import { expect, test } from '@jest/globals';
import { hasBrowser } from '../../../src/dev/browser';

test.each([
  ['a desktop with X11', { DISPLAY: ':0' }, 'linux', true, true],
  ['a desktop with Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true, true],
  ['a Mac', {}, 'darwin', true, true],
  ['Linux without a display', {}, 'linux', true, false],
  ['CI', { CI: 'true', DISPLAY: ':0' }, 'linux', true, false],
  ['SSH with a forwarded display', { SSH_CONNECTION: '10.0.0.1 5 10.0.0.2 22', DISPLAY: 'x:10' }, 'linux', true, false],
  ['output into a file', { DISPLAY: ':0' }, 'linux', false, false],
  ['a person who wants none', { BROWSER: 'none' }, 'darwin', true, false],
] as const)('%s', (_, env, platform, isTerminal, expected) => {
  expect(hasBrowser(env, platform, isTerminal)).toBe(expected);
});
