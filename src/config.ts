import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isLoopback } from './meeting/content/loopback';
import { PRIVATE_ADDRESS_POLICIES } from './outbound/address-kind';
import { mailFrom, smtpUrl } from './outbound/mail-configuration';

/** The exit code for an invalid configuration: `EX_CONFIG` of sysexits.h. */
export const EXIT_CONFIG = 78;

export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes, for AES-256-GCM. */
  readonly key: Buffer;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const notAPort = { error: 'must be a whole number from 0 to 65535' };
const port = z.coerce.number(notAPort).int(notAPort).min(0, notAPort).max(65_535, notAPort);
const notALimit = { error: 'must be a whole number, 1 or more' };
const limit = z.coerce.number(notALimit).int(notALimit).min(1, notALimit);
const notAScale = { error: 'must be a number above 0, at most 1' };
const scale = z.coerce.number(notAScale).positive(notAScale).max(1, notAScale);

/** Whether a text can be the id of a key in `ENCRYPTION_KEYS`. */
export function isKeyId(id: string): boolean {
  return /^[\w.-]{1,32}$/.test(id);
}

const encryptionKeys = z.string().transform((text, context): EncryptionKey[] => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  const keys = text.split(',').map((part): EncryptionKey => {
    const [id = '', encoded = ''] = part.trim().split(/:(.*)/s);
    return { id, key: Buffer.from(encoded, 'base64') };
  });
  if (keys.some(({ id, key }) => !isKeyId(id) || key.length !== 32))
    refuse('each entry must be id:base64 of 32 bytes (create one with: openssl rand -base64 32)');
  if (new Set(keys.map(({ id }) => id)).size < keys.length)
    refuse('each id must be unique: a second key with the same id would never be used');
  if (keys.some(({ key }) => key.length > 0 && key.every((byte) => byte === 0)))
    refuse('each key must be random, not all zeros (create one with: openssl rand -base64 32)');
  return keys;
});

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((text) => text.replace(/\/+$/, ''));

/** For URLs that receive sessions, API keys or tokens. Plain http would expose these to everyone on the network path. */
const secureUrl = url.refine(
  (text) => new URL(text).protocol === 'https:' || isLoopback(new URL(text).hostname),
  'must be https (plain http is for localhost only)',
);

const host = z.string().regex(/^[\w.:-]{1,255}$/, 'must be an address to listen on, such as 127.0.0.1 or 0.0.0.0');

/** Proxies whose "X-Forwarded-For" is trusted. Trusting any other address would let callers forge theirs. */
const trustedProxies = z.string().transform((text, context) => {
  const proxies = text.split(',').map((part) => part.trim());
  for (const proxy of proxies) {
    const [address = '', bits = ''] = proxy.split('/');
    if (!['loopback', 'linklocal', 'uniquelocal'].includes(proxy) && !(isIP(address) !== 0 && /^\d{0,3}$/.test(bits)))
      context.addIssue({
        code: 'custom',
        message:
          'must be comma-separated addresses or networks of proxies, such as 10.0.0.0/8, or loopback or uniquelocal',
      });
  }
  return proxies;
});

/** OpenTelemetry's SDK reads these standard variables itself. Here they only decide whether the SDK is loaded. */
const otlpProtocol = z
  .literal('http/protobuf', { error: 'only http/protobuf is supported: use the port for it, usually 4318' })
  .optional();

/** Excludes the separators between name and build ID: a colon, or a dot on older Temporal servers. */
const deploymentName = z
  .string()
  .regex(/^[^\s.:]{1,200}$/, 'must be 1 to 200 characters without spaces, dots or colons');
const buildId = z.string().regex(/^\S{1,200}$/, 'must be 1 to 200 characters without spaces');

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL (PostgreSQL 14 or newer)' }),
  TEMPORAL_UI_URL: url.optional(),
  HUBSPOT_CLIENT_ID: z.string().min(1),
  HUBSPOT_CLIENT_SECRET: z.string().min(1),
  HUBSPOT_API_URL: secureUrl.default('https://api.hubapi.com'),
  HUBSPOT_AUTHORIZE_URL: secureUrl.default('https://app.hubspot.com/oauth/authorize'),
  HUBSPOT_REQUESTS_PER_10_SECONDS: limit.optional(),
  HUBSPOT_SEARCHES_PER_SECOND: limit.optional(),
  HUBSPOT_ASSOCIATION_REQUESTS_PER_10_SECONDS: limit.optional(),
  PUBLIC_URL: secureUrl.optional(),
  OUTBOUND_PRIVATE_ADDRESSES: z
    .enum(PRIVATE_ADDRESS_POLICIES, { error: `must be one of ${PRIVATE_ADDRESS_POLICIES.join(', ')}` })
    .default('refuse'),
  PORT: port.default(3000),
  METRICS_PORT: port.default(9464),
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: mailFrom.optional(),
  TRUST_PROXY: trustedProxies.optional(),
  CALLS_PER_SECOND: limit.default(500),
  MEGABYTES_PER_MINUTE: limit.default(300),
  REFUSALS_PER_MINUTE: limit.default(60),
  CONNECTIONS_PER_ADDRESS: limit.default(2_000),
  BACKFILL_MEGABYTES: limit.default(2_000),
  BACKFILL_LINES: limit.default(500_000),
  BACKFILLS_AT_ONCE: limit.default(20),
  HOST: host.default('0.0.0.0'),
  METRICS_HOST: host.default('0.0.0.0'),
  INSTANCE_ID: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores')
    .optional(),
  ENCRYPTION_KEYS: encryptionKeys,
  BOOTSTRAP_API_KEY: z.string().min(16, 'must be at least 16 characters').optional(),
  SYNC_TIME_SCALE: scale.default(1),
  TEMPORAL_DEPLOYMENT_NAME: deploymentName.optional(),
  TEMPORAL_WORKER_BUILD_ID: buildId.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: otlpProtocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: otlpProtocol,
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], { error: 'must be otlp or none' }).default('otlp'),
  OTEL_SDK_DISABLED: z.stringbool({ error: 'must be true or false' }).default(false),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});

/**
 * Variables that are of no use alone. With only one half of a version, the worker would start unversioned and take the runs of
 * all versions.
 */
const PAIRS = [
  ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID'],
  ['SMTP_URL', 'MAIL_FROM'],
] as const;

const wholeEnvironment = environment.superRefine((env, context) => {
  for (const pair of PAIRS) {
    if ((env[pair[0]] === undefined) === (env[pair[1]] === undefined)) continue;
    const [given, missing] = env[pair[0]] === undefined ? pair.toReversed() : pair;
    context.addIssue({ code: 'custom', path: [given], message: `must be set together with ${missing}` });
  }
});

/** The configuration of `server` and `worker`. */
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
    /** Null means localhost with the port that the server listens on. */
    publicUrl: env.PUBLIC_URL ?? null,
    /** Which addresses outside of the public internet the URLs of outlets may lead to. */
    privateAddresses: env.OUTBOUND_PRIVATE_ADDRESSES,
    /** How e-mails leave, or null without a mail server. */
    mail:
      env.SMTP_URL === undefined || env.MAIL_FROM === undefined ? null : { server: env.SMTP_URL, from: env.MAIL_FROM },
    port: env.PORT,
    metricsPort: env.METRICS_PORT,
    /** The addresses that the two ports are bound to. */
    host: env.HOST,
    metricsHost: env.METRICS_HOST,
    /** Proxies whose client address is trusted, or false without a proxy. */
    trustProxy: env.TRUST_PROXY ?? false,
    /** Our own limits, which each server process counts separately. */
    ownLimits: {
      callsPerSecond: env.CALLS_PER_SECOND,
      megabytesPerMinute: env.MEGABYTES_PER_MINUTE,
      refusalsPerMinute: env.REFUSALS_PER_MINUTE,
      connectionsPerAddress: env.CONNECTIONS_PER_ADDRESS,
      backfillBytes: env.BACKFILL_MEGABYTES * 1_000_000,
      backfillLines: env.BACKFILL_LINES,
      backfillsAtOnce: env.BACKFILLS_AT_ONCE,
    },
    /** Sent with health and metrics responses, so that a caller knows which process it has reached. */
    instanceId: env.INSTANCE_ID ?? randomUUID(),
    encryptionKeys: env.ENCRYPTION_KEYS,
    bootstrapApiKey: env.BOOTSTRAP_API_KEY ?? null,
    syncTimeScale: env.SYNC_TIME_SCALE,
    /** The worker's version for Temporal's Worker Versioning, or null for an unversioned worker. */
    workerVersion:
      env.TEMPORAL_DEPLOYMENT_NAME === undefined || env.TEMPORAL_WORKER_BUILD_ID === undefined
        ? null
        : { deploymentName: env.TEMPORAL_DEPLOYMENT_NAME, buildId: env.TEMPORAL_WORKER_BUILD_ID },
    /** Whether traces are collected. */
    tracing:
      (env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) !== undefined &&
      env.OTEL_TRACES_EXPORTER !== 'none' &&
      !env.OTEL_SDK_DISABLED,
    logLevel: env.LOG_LEVEL,
  };
}

/** The limits of one server process. */
export type OwnLimits = Config['ownLimits'];

/** The configured limits of one HubSpot account. Null means HubSpot's own limit. */
export type HubSpotLimits = Config['hubspot']['limits'];

/** Lists all invalid variables in one message, one line each. The CLI exits with {@link EXIT_CONFIG} on it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the whole configuration.
 *
 * @param env - usually `process.env`. An empty value counts as absent, as in Docker Compose files
 * @throws {@link ConfigError} that lists every invalid variable
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return toConfig(parse(wholeEnvironment, env));
}

/** For commands that need only the database (`migrate`, `workspace create`). @throws {@link ConfigError} */
export function loadDatabaseUrl(env: NodeJS.ProcessEnv): string {
  return parse(environment.pick({ DATABASE_URL: true }), env).DATABASE_URL;
}

/** For `rotate-keys`, which needs only the database and the keys. @throws {@link ConfigError} */
export function loadKeyring(env: NodeJS.ProcessEnv): Pick<Config, 'databaseUrl' | 'encryptionKeys'> {
  const { DATABASE_URL, ENCRYPTION_KEYS } = parse(environment.pick({ DATABASE_URL: true, ENCRYPTION_KEYS: true }), env);
  return { databaseUrl: DATABASE_URL, encryptionKeys: ENCRYPTION_KEYS };
}

/** For links that a command prints: `PUBLIC_URL`, or where the server of this machine is. @throws {@link ConfigError} */
export function loadPublicUrl(env: NodeJS.ProcessEnv): string {
  const { PUBLIC_URL, PORT } = parse(environment.pick({ PUBLIC_URL: true, PORT: true }), env);
  return PUBLIC_URL ?? `http://localhost:${PORT}`;
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
