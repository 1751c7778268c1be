import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Config } from './config';
import { Connections } from './connections';
import { Gateway } from './gateway';
import { Limiter } from './hubspot/limiter';
import { HubSpotOAuth } from './hubspot/oauth';
import { HubSpotTransport } from './hubspot/transport';
import { SecretBox } from './secrets';
import { openDatabase } from './store/database';
import type { Database } from './store/schema';
import { Tokens } from './tokens';

/** The parts that server and worker share, wired once. */
export interface Product {
  readonly db: Kysely<Database>;
  readonly oauth: HubSpotOAuth;
  readonly tokens: Tokens;
  readonly gateway: Gateway;
  readonly connections: Connections;
  readonly log: Logger;
  readonly timeScale: number;
}

/** Opens the database pool and wires everything over it. Nothing is sent anywhere yet; close it with `db.destroy()`. */
export function openProduct(config: Config, log: Logger): Product {
  const db = openDatabase(config.databaseUrl, { max: 20 });
  const transport = new HubSpotTransport(config.hubspot.apiUrl);
  const oauth = new HubSpotOAuth(transport, config.hubspot);
  const tokens = new Tokens({ db, oauth, secrets: new SecretBox(config.encryptionKeys) });
  const limiter = new Limiter(db, config.hubspot.limits);
  return {
    db,
    oauth,
    tokens,
    gateway: new Gateway({ db, tokens, transport, limiter, timeScale: config.syncTimeScale }),
    connections: new Connections({ db, oauth, transport, tokens, log }),
    log,
    timeScale: config.syncTimeScale,
  };
}
