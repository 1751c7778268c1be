import { expect, test } from '@jest/globals';
import { messageOf } from '../../../src/cli/output';
import { buildProgram } from '../../../src/cli/program';
import { MeetingSyncError } from '../../../src/client';

const failed = (status: number) =>
  new MeetingSyncError('Something went wrong', status, 'GET /x', { type: 'about:blank', errors: [], reference: 'r-1' });

test('a failure of the server names the request in its log', () => {
  expect(messageOf(failed(500))).toBe('Something went wrong (GET /x)\n  Reference in the server’s log: r-1');
  expect(messageOf(failed(404))).toBe('Something went wrong (GET /x)');
  expect([messageOf(new Error('no')), messageOf('no')]).toEqual(['no', 'no']);
});

test('an option in front of the command is answered with where it belongs', async () => {
  let printed = '';
  const program = buildProgram().exitOverride();
  program.configureOutput({ ...program.configureOutput(), writeErr: (text) => (printed += text) });
  await expect(program.parseAsync(['--url', 'http://localhost', 'status'], { from: 'user' })).rejects.toThrow(
    'unknown option',
  );
  expect(printed).toMatch("unknown option '--url'");
  expect(printed).toMatch('hubspot-meeting-sync status --url ADDRESS');
});
