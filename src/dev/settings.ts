import { mkdirSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '../config';
import { DevError, messageOf } from './errors';
import { freePort, keptPort } from './ports';
import { loadSecrets, type Secrets } from './secrets';
import { withoutTemporal } from './temporal-server';

/** What the caller's environment decides about `dev`. */
export interface DevSettings {
  readonly env: NodeJS.ProcessEnv;
  readonly dataFolder: string;
  readonly secrets: Secrets;
  readonly port: number;
  /** Where the worker serves its metrics: METRICS_PORT. */
  readonly workerMetricsPort: number;
  /** The server is a process of its own with its own metrics: the next free port. */
  readonly serverMetricsPort: number;
  readonly sandboxPort: number;
  /** The caller's server, or null: start one. */
  readonly temporalAddress: string | null;
  readonly namespace: string;
  /** The caller's database, or null: start PostgreSQL. */
  readonly databaseUrl: string | null;
  /** No HubSpot app is configured. */
  readonly sandbox: boolean;
}

/** What `dev` itself started. */
export interface StartedParts {
  readonly databaseUrl: string;
  readonly temporal: { readonly address: string; readonly uiUrl: string | null } | null;
}

const SANDBOX_CLIENT_ID = 'sandbox-app';
const USUAL_SANDBOX_PORT = 4010;
const USUAL_METRICS_PORT = 9464;

/** DATA_DIR, absolute and without links, made when it is not there. */
export function dataFolderOf(env: NodeJS.ProcessEnv): string {
  const folder = resolve(present(env, 'DATA_DIR') ?? '.data');
  try {
    mkdirSync(folder, { recursive: true });
    return realpathSync(folder);
  } catch (error) {
    throw new DevError(`The folder ${folder} cannot be made (${messageOf(error)}): choose another with DATA_DIR=…`);
  }
}

/**
 * Reads the environment and takes the ports.
 *
 * @throws ConfigError for faulty variables, before anything is started
 * @throws {@link DevError} when a port that is relied on is taken
 */
export async function readSettings(env: NodeJS.ProcessEnv, dataFolder: string): Promise<DevSettings> {
  const databaseUrl = present(env, 'DATABASE_URL');
  const settings = {
    env,
    dataFolder,
    secrets: loadSecrets(dataFolder),
    // A profile that is asked for by name carries its address in the user's configuration file.
    temporalAddress: present(env, 'TEMPORAL_ADDRESS') ?? present(env, 'TEMPORAL_PROFILE'),
    namespace: present(env, 'TEMPORAL_NAMESPACE') ?? 'default',
    databaseUrl,
    sandbox: present(env, 'HUBSPOT_CLIENT_ID') === null,
  };
  const ports = { port: 0, workerMetricsPort: 0, serverMetricsPort: 0, sandboxPort: 0 };
  const config = loadConfig(
    productEnvironment(
      { ...settings, ...ports },
      { databaseUrl: databaseUrl ?? 'postgres://made-later', temporal: null },
    ),
  );
  const portGiven = present(env, 'PORT');
  const metricsGiven = present(env, 'METRICS_PORT');
  const port = await keptPort(portGiven === null ? config.port : Number(portGiven), 'PORT');
  const workerMetricsPort =
    metricsGiven === null ? await freePort(USUAL_METRICS_PORT) : await keptPort(Number(metricsGiven), 'METRICS_PORT');
  return {
    ...settings,
    port,
    workerMetricsPort,
    serverMetricsPort: await freePort(workerMetricsPort + 1),
    sandboxPort: await freePort(USUAL_SANDBOX_PORT),
  };
}

/** Environment of `migrate`, `server` and `worker`: the caller's, completed by what `dev` started. */
export function productEnvironment(settings: DevSettings, started: StartedParts): NodeJS.ProcessEnv {
  const { env, secrets, sandbox } = settings;
  const sandboxUrl = sandboxUrlOf(settings);
  const completed: NodeJS.ProcessEnv = {
    // With a server of our own, no setting and no profile of another one may count: it speaks plain text, without a key.
    ...(settings.temporalAddress === null ? withoutTemporal(env) : env),
    DATABASE_URL: started.databaseUrl,
    PUBLIC_URL: publicUrlOf(settings),
    ENCRYPTION_KEYS: present(env, 'ENCRYPTION_KEYS') ?? secrets.encryptionKeys,
    BOOTSTRAP_API_KEY: apiKeyOf(settings),
  };
  if (settings.port !== 0) completed['PORT'] = String(settings.port);
  if (sandbox) {
    completed['HUBSPOT_CLIENT_ID'] = SANDBOX_CLIENT_ID;
    completed['HUBSPOT_CLIENT_SECRET'] = secrets.sandboxClientSecret;
    completed['HUBSPOT_API_URL'] = present(env, 'HUBSPOT_API_URL') ?? sandboxUrl;
    completed['HUBSPOT_AUTHORIZE_URL'] = present(env, 'HUBSPOT_AUTHORIZE_URL') ?? `${sandboxUrl}/oauth/authorize`;
  }
  if (started.temporal !== null) {
    completed['TEMPORAL_ADDRESS'] = started.temporal.address;
    completed['TEMPORAL_NAMESPACE'] = settings.namespace;
    // A file that is not there is no profile; without this, the user's default profile would be read.
    completed['TEMPORAL_CONFIG_FILE'] = `${settings.dataFolder}/no-temporal-profile.toml`;
    if (started.temporal.uiUrl !== null) {
      completed['TEMPORAL_UI_URL'] = present(env, 'TEMPORAL_UI_URL') ?? started.temporal.uiUrl;
    }
  }
  return completed;
}

/** Environment of the sandbox program. */
export function sandboxEnvironment(settings: DevSettings): NodeJS.ProcessEnv {
  return {
    ...settings.env,
    SANDBOX_PORT: String(settings.sandboxPort),
    SANDBOX_DATA: `${settings.dataFolder}/sandbox.db`,
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET: settings.secrets.sandboxClientSecret,
    // HubSpot signs the address that it calls, and the server checks the signature over its public one.
    SANDBOX_WEBHOOK_URL: `${present(settings.env, 'PUBLIC_URL') ?? `http://localhost:${settings.port}`}/webhooks/hubspot`,
  };
}

export function publicUrlOf({ env, port }: DevSettings): string {
  return present(env, 'PUBLIC_URL') ?? `http://localhost:${port}`;
}

export function apiKeyOf({ env, secrets }: DevSettings): string {
  return present(env, 'BOOTSTRAP_API_KEY') ?? secrets.bootstrapApiKey;
}

export function sandboxUrlOf({ sandboxPort }: DevSettings): string {
  return `http://127.0.0.1:${sandboxPort}`;
}

/** An empty value counts as absent, as everywhere in the product. */
export function present(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
}
