import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { callerOf } from './address';
import { Counts } from './counts';
import { ProblemError, problemDocument, PROBLEMS, type ProblemCode } from './plumbing/problems';

/** Closes new connections of an address that already has `most` connections. */
export function limitConnections(server: Server, most: number): void {
  const open = new Counts();
  server.on('connection', (socket: Socket) => {
    const caller = callerOf(socket.remoteAddress ?? '');
    if (open.begin(caller, most)) socket.once('close', () => open.end(caller));
    else socket.destroy();
  });
}

/** Answers unparsable and timed-out requests with a problem document, like every other error. */
export function answerUnreadable(publicUrl: string) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [code, detail] = whatFailed(error.code);
    const { status, title } = PROBLEMS[code];
    const body = JSON.stringify(problemDocument(new ProblemError(code, detail), { publicUrl, reference: null }));
    socket.end(
      `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  };
}

function whatFailed(code: string | undefined): readonly [ProblemCode, string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['request-timeout', 'The request was not complete in time.'];
  if (code === 'HPE_HEADER_OVERFLOW') return ['bad-request', 'The headers are too large.'];
  return ['bad-request', 'This is not a valid HTTP request.'];
}
