import { expect, test } from '@jest/globals';
import { judgeKeys } from '../../../src/connection/encryption-keys';
import { SecretBox } from '../../../src/secrets';

const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte) });
const box = new SecretBox([key('main', 1), key('old', 2)]);
const changed = new SecretBox([key('old', 9)]);
const lost = new SecretBox([key('lost', 3)]);

interface Row {
  access: string;
  refresh: string;
  state?: 'connected' | 'reauthorize';
}
const sealedBy = (by: SecretBox, id: number): Row => ({
  access: by.seal('token', `access:w${id}`),
  refresh: by.seal('token', `refresh:w${id}`),
});
const nothing = { missing: [], changed: [], damaged: [] };

test.each<[string, Row[], object]>([
  ['readable tokens', [sealedBy(box, 0), sealedBy(box, 1)], nothing],
  ['no connection', [], nothing],
  ['a cut token', [{ ...sealedBy(box, 0), access: sealedBy(box, 0).access.slice(0, -5) }], { damaged: ['w0'] }],
  ['an empty token', [{ ...sealedBy(box, 0), refresh: '' }], { damaged: ['w0'] }],
  ['two texts without a key', [{ access: 'x', refresh: 'y' }, sealedBy(box, 1)], { damaged: ['w0'] }],
  ['a key id that was mistyped', [{ ...sealedBy(box, 0), access: 'mian:AAAA' }], { damaged: ['w0'] }],
  ['a token of another workspace', [sealedBy(box, 1), sealedBy(box, 1)], { damaged: ['w0'] }],
  [
    'two damaged tokens beside a good connection',
    [{ access: 'main:A', refresh: 'main:B' }, sealedBy(box, 1)],
    { damaged: ['w0'] },
  ],
  ['a lost key', [sealedBy(lost, 0), sealedBy(box, 1)], { missing: ['lost'] }],
  ['a lost key of a connection that has to be reconnected', [{ ...sealedBy(lost, 0), state: 'reauthorize' }], nothing],
  ['a key that opens nothing', [sealedBy(changed, 0), sealedBy(box, 1)], { changed: ['old'] }],
  [
    'all of it',
    [sealedBy(lost, 0), sealedBy(changed, 1), { ...sealedBy(box, 2), access: 'main:A' }],
    { missing: ['lost'], changed: ['old'], damaged: ['w2'] },
  ],
])('%s', (_name, rows, expected) => {
  const check = judgeKeys(
    box,
    rows.map(({ access, refresh, state = 'connected' }, index) => ({
      workspace_id: `w${index}`,
      access_token: access,
      refresh_token: refresh,
      state,
    })),
  );
  expect(check).toMatchObject({ ...nothing, ...expected });
});
