import { expect, test } from '@jest/globals';
import { DatabaseError } from 'pg';
import { databaseFailure, isDatabaseUnavailable } from '../../../src/store/failures';

const postgres = (code: string) => Object.assign(new DatabaseError('message', 0, 'error'), { code, severity: 'ERROR' });
const network = (code: string, syscall: string) => Object.assign(new Error(`${syscall} ${code}`), { code, syscall });

test.each<[string, unknown, ReturnType<typeof databaseFailure>]>([
  ['a full disk', postgres('53100'), 'full'],
  ['no memory', postgres('53200'), 'full'],
  ['too many connections', postgres('53300'), 'busy'],
  ['a read-only database', postgres('25006'), 'read_only'],
  ['a deadlock', postgres('40P01'), 'busy'],
  ['a serialisation failure', postgres('40001'), 'busy'],
  ['a statement time-out', postgres('57014'), 'busy'],
  ['a lock time-out', postgres('55P03'), 'busy'],
  ['a transaction that idled too long', postgres('25P03'), 'busy'],
  ['a shut-down', postgres('57P01'), 'away'],
  ['a crash', postgres('57P02'), 'away'],
  ['a start', postgres('57P03'), 'away'],
  ['a lost connection', postgres('08006'), 'away'],
  ['a changed password', postgres('28P01'), 'away'],
  ['a missing database', postgres('3D000'), 'away'],
  ['an input or output error', postgres('58030'), 'broken'],
  ['a corrupted index', postgres('XX002'), 'broken'],
  ['a missing table', postgres('42P01'), 'broken'],
  ['a missing privilege', postgres('42501'), 'broken'],
  ['a refused connection', network('ECONNREFUSED', 'connect'), 'away'],
  ['a missing socket', network('ENOENT', 'connect'), 'away'],
  ['all addresses refused', new AggregateError([network('ECONNREFUSED', 'connect')]), 'away'],
  ['a pool without a free connection', new Error('timeout exceeded when trying to connect'), 'away'],
  ['a unique value twice', postgres('23505'), null],
  ['a wrong value', postgres('22P02'), null],
  ['a missing file of ours', network('ENOENT', 'open'), null],
  ['an internal error', new TypeError('x is undefined'), null],
  ['an error of Fastify', Object.assign(new Error('x'), { code: 'FST_ERR_CTP_EMPTY_JSON_BODY' }), null],
  ['nothing', undefined, null],
])('%s', (_, error, failure) => {
  expect(databaseFailure(error)).toBe(failure);
  expect(isDatabaseUnavailable(error)).toBe(failure !== null);
});
