import { expect, test } from '@jest/globals';
import { outputOf } from '../../../src/dev/output';

const INFO = '{"level":30,"time":0,"name":"server","msg":"request completed"}';
const WARNING =
  '{"level":40,"time":0,"name":"server","error":{"type":"Error","message":"connect ECONNREFUSED","stack":"Error: x\\n    at a (b.js:1:1)"},"portal":7,"msg":"Temporal cannot be reached"}';
const TEXT = '    at main (cli.js:1:1)';

function printed(verbose: boolean): { kept: string[]; lines: string[] } {
  const kept: string[] = [];
  const lines: string[] = [];
  const onLine = outputOf({
    part: 'server',
    keep: (line) => kept.push(line),
    print: (line) => lines.push(line),
    colour: false,
    verbose,
  });
  for (const line of [INFO, WARNING, TEXT]) onLine(line);
  return { kept, lines };
}

test('prints warnings in one line without their stacks, and keeps everything', () => {
  const { kept, lines } = printed(false);
  expect(kept).toEqual([INFO, WARNING, TEXT]);
  expect(lines).toEqual([
    expect.stringMatching(
      /^\[server\] \[\d\d:00:00\] WARN: Temporal cannot be reached: connect ECONNREFUSED \{"portal":7\}$/,
    ),
  ]);
});

test('prints everything when asked to', () => {
  const text = printed(true).lines.join('\n');
  expect(text).toMatch(/INFO: request completed/);
  expect(text).toMatch(/at a \(b\.js:1:1\)/);
  expect(text).toMatch(/\[server\] {5}at main/);
});
