import Fastify, { type FastifyReply } from 'fastify';
import { Webhook } from 'standardwebhooks';

/** A request that a receiver got. */
export interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What the receiver does with a request. */
export type Behaviour = (received: Received, reply: FastifyReply) => unknown;

/** A receiver of webhooks as a customer would write it, on this machine. */
export interface Receiver {
  /** `http://127.0.0.1:…/hook` */
  readonly url: string;
  readonly received: Received[];
  /** What it does from now on (`@default` answers 204). */
  behave(behaviour: Behaviour): void;
  /** The requests that the reference library accepts, as their payloads. @throws for a request that it refuses */
  verified(secret: string): { id: string; type: string; data: Record<string, unknown> }[];
  close(): Promise<void>;
}

const TAKEN: Behaviour = (_received, reply) => reply.code(204).send();

/** Starts a receiver. */
export async function startReceiver(): Promise<Receiver> {
  const app = Fastify({ forceCloseConnections: true });
  const received: Received[] = [];
  let behaviour = TAKEN;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.post('/*', async (request, reply) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const one = { path: request.url, headers, body: String(request.body) };
    received.push(one);
    return await behaviour(one, reply);
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: `${origin}/hook`,
    received,
    behave(next) {
      behaviour = next;
    },
    verified(secret) {
      const webhook = new Webhook(secret);
      return received.map(({ headers, body }) => {
        const payload = webhook.verify(body, headers) as { type: string; data: Record<string, unknown> };
        return { id: headers['webhook-id'] ?? '', ...payload };
      });
    },
    close: () => app.close(),
  };
}
