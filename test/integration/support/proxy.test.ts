import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FaultProxy, type TcpFault } from '../../support/proxy';

/** Responds to any data with ten bytes. */
let server: Server;
let proxy: FaultProxy | null;
beforeEach(async () => {
  proxy = null;
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write('0123456789'));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterEach(async () => {
  await proxy?.close();
  server.close();
});

async function throughProxy(faults: readonly (TcpFault | null)[]): Promise<FaultProxy> {
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  proxy = await FaultProxy.start({
    target: { host: '127.0.0.1', port },
    faults: (connection) => faults[connection] ?? null,
  });
  return proxy;
}

function ask({ port }: FaultProxy): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  // Closing the proxy resets the connections that a test left open.
  socket.on('error', () => undefined);
  socket.write('?\n');
  return socket;
}

test('a half answer ends properly at the given byte', async () => {
  expect(await text(ask(await throughProxy([{ kind: 'half-answer', afterBytes: 4 }])))).toBe('0123');
});

test('a lost answer never arrives, and the connection is reset', async () => {
  await expect(text(ask(await throughProxy([{ kind: 'lost-answer', afterBytes: 4 }])))).rejects.toThrow('ECONNRESET');
});

test('only the n-th connection has its fault, and none after calm()', async () => {
  const running = await throughProxy([null, { kind: 'refused' }, { kind: 'lost-answer', afterBytes: 0 }]);
  const [answer] = await once(ask(running), 'data');
  expect(String(answer)).toBe('0123456789');
  await expect(text(ask(running))).rejects.toThrow('ECONNRESET');
  running.calm();
  expect(String((await once(ask(running), 'data'))[0])).toBe('0123456789');
  expect(running.counts).toEqual({ connections: 3, struck: 1 });
});

test('a refusing proxy resets connections, and accepts again on the same port', async () => {
  const running = await throughProxy([]);
  const open = ask(running);
  await once(open, 'data');
  const reset = once(open, 'error');
  await running.refuse();
  expect(String(await reset)).toMatch('ECONNRESET');
  await expect(text(ask(running))).rejects.toThrow('ECONNREFUSED');
  await running.accept();
  expect(String((await once(ask(running), 'data'))[0])).toBe('0123456789');
});
