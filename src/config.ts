import { z } from 'zod';

/** Exit code for a configuration that cannot be used (`EX_CONFIG` of sysexits.h), as the contract promises. */
export const EXIT_CONFIG = 78;

export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes, for AES-256-GCM. */
  readonly key: Buffer;
}

const port = z.coerce.number().int().min(0).max(65_535);
const limit = z.coerce.number().int().min(1);

const encryptionKeys = z.string().transform((text, context): EncryptionKey[] =>
  text.split(',').map((part) => {
    const [id = '', encoded = ''] = part.trim().split(/:(.*)/s);
    const key = Buffer.from(encoded, 'base64');
    if (!/^[\w.-]{1,32}$/.test(id) || key.length !== 32) {
      context.addIssue({
        code: 'custom',
        message: 'each entry must be id:base64 of 32 bytes (make one with: openssl rand -base64 32)',
      });
    }
    return { id, key };
  }),
);

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((text) => text.replace(/\/+$/, ''));

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL (PostgreSQL 14 or newer)' }),
  TEMPORAL_UI_URL: url.optional(),
  HUBSPOT_CLIENT_ID: z.string().min(1),
  HUBSPOT_CLIENT_SECRET: z.string().min(1),
  HUBSPOT_API_URL: url.default('https://api.hubapi.com'),
  HUBSPOT_AUTHORIZE_URL: url.default('https://app.hubspot.com/oauth/authorize'),
  HUBSPOT_REQUESTS_PER_10_SECONDS: limit.optional(),
  HUBSPOT_SEARCHES_PER_SECOND: limit.optional(),
  HUBSPOT_ASSOCIATION_REQUESTS_PER_10_SECONDS: limit.optional(),
  PUBLIC_URL: url.optional(),
  PORT: port.default(3000),
  METRICS_PORT: port.default(9464),
  ENCRYPTION_KEYS: encryptionKeys,
  BOOTSTRAP_API_KEY: z.string().min(16, 'must be at least 16 characters').optional(),
  SYNC_TIME_SCALE: z.coerce.number().positive().max(1).default(1),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** What every command that works on the whole product needs: `server` and `worker`. */
export type Config = ReturnType<typeof toConfig>;

function toConfig(env: z.output<typeof environment>) {
  return {
    databaseUrl: env.DATABASE_URL,
    temporalUiUrl: env.TEMPORAL_UI_URL ?? null,
    hubspot: {
      clientId: env.HUBSPOT_CLIENT_ID,
      clientSecret: env.HUBSPOT_CLIENT_SECRET,
      apiUrl: env.HUBSPOT_API_URL,
      authorizeUrl: env.HUBSPOT_AUTHORIZE_URL,
      limits: {
        requestsPer10Seconds: env.HUBSPOT_REQUESTS_PER_10_SECONDS ?? null,
        searchesPerSecond: env.HUBSPOT_SEARCHES_PER_SECOND ?? null,
        associationRequestsPer10Seconds: env.HUBSPOT_ASSOCIATION_REQUESTS_PER_10_SECONDS ?? null,
      },
    },
    publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    port: env.PORT,
    metricsPort: env.METRICS_PORT,
    encryptionKeys: env.ENCRYPTION_KEYS,
    bootstrapApiKey: env.BOOTSTRAP_API_KEY ?? null,
    syncTimeScale: env.SYNC_TIME_SCALE,
    logLevel: env.LOG_LEVEL,
  };
}

/** Limits of one HubSpot account, where they are configured; null for HubSpot's own. */
export type HubSpotLimits = Config['hubspot']['limits'];

/** All faults of the environment in one message, one line a variable. The CLI ends with {@link EXIT_CONFIG} on it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the whole configuration once.
 *
 * @param env - usually `process.env`; an empty value counts as absent, as in docker compose files
 * @throws {@link ConfigError} that lists every faulty variable
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return toConfig(parse(environment, env));
}

/** For commands that only touch the database (`migrate`, `workspace create`). Throws {@link ConfigError}. */
export function loadDatabaseUrl(env: NodeJS.ProcessEnv): string {
  return parse(environment.pick({ DATABASE_URL: true }), env).DATABASE_URL;
}

function parse<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `  ${name}: ${name in given ? issue.message : 'is required but not set'}`;
  });
  throw new ConfigError(`The configuration cannot be used:\n${[...new Set(lines)].join('\n')}`);
}
