import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';

const eventShape = z.looseObject({
  eventId: z.number().int(),
  subscriptionId: z.number().int(),
  portalId: z.number().int(),
  appId: z.number().int(),
  occurredAt: z.number().int(),
  subscriptionType: z.string(),
  attemptNumber: z.number().int(),
});
export type ReceivedEvent = z.infer<typeof eventShape>;

export interface ReceivedRequest {
  headers: IncomingMessage['headers'];
  method: string;
  /** Path and query, not decoded. */
  path: string;
  body: string;
  events: ReceivedEvent[];
}

/** A status to answer with, now or later, or `hang` for no answer until the sender gives up. */
export type Answer = number | 'hang' | Promise<number>;

export interface Receiver {
  url: string;
  requests: ReceivedRequest[];
  /** All events, in the order in which they came. */
  events(): ReceivedEvent[];
  /** Decides the answers from now on; 200 at first. */
  answer(decide: (request: ReceivedRequest, index: number) => Answer): void;
  clear(): void;
  close(): Promise<void>;
}

const accept = (): Answer => 200;

/** A minimal webhook endpoint of an app. */
export async function startReceiver(path = '/webhooks/hubspot'): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  let decide: (request: ReceivedRequest, index: number) => Answer = accept;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString('utf8');
    const received = {
      headers: request.headers,
      method: request.method ?? '',
      path: request.url ?? '',
      body,
      events: z.array(eventShape).parse(JSON.parse(body)),
    };
    requests.push(received);
    const answer = await decide(received, requests.length - 1);
    if (answer !== 'hang') response.writeHead(answer).end();
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}${path}`,
    requests,
    events: () => requests.flatMap((request) => request.events),
    answer: (wanted) => (decide = wanted),
    clear: () => requests.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Signature v3, written from HubSpot's description alone and independent of the sandbox's code. */
export function expectedV3(secret: string, uri: string, body: string, timestamp: string): string {
  const decoded = uri
    .replaceAll('%3A', ':')
    .replaceAll('%2F', '/')
    .replaceAll('%3F', '?')
    .replaceAll('%40', '@')
    .replaceAll('%21', '!')
    .replaceAll('%24', '$$')
    .replaceAll('%27', "'")
    .replaceAll('%28', '(')
    .replaceAll('%29', ')')
    .replaceAll('%2A', '*')
    .replaceAll('%2C', ',')
    .replaceAll('%3B', ';');
  const hmac = createHmac('sha256', secret);
  for (const part of ['POST', decoded, body, timestamp]) hmac.update(part, 'utf8');
  return hmac.digest('base64');
}

export function expectedV1(secret: string, body: string): string {
  return createHash('sha256').update(secret).update(body).digest('hex');
}
