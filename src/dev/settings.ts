import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, loadConfig } from '../config';
import { DevError, messageOf } from './errors';
import { makePrivateFolder } from './private-files';
import { fixedPort, usualPort, type PortChoice } from './ports';
import { loadSecrets, type Secrets } from './secrets';
import { withoutTemporal } from './temporal-server';

/** What the caller's environment decides about `dev`. */
export interface DevSettings {
  readonly env: NodeJS.ProcessEnv;
  readonly dataFolder: string;
  readonly secrets: Secrets;
  readonly ports: {
    readonly server: PortChoice;
    /** METRICS_PORT is the worker's. */
    readonly workerMetrics: PortChoice;
    /** The server is a process of its own with its own metrics, next to the worker's. */
    readonly serverMetrics: PortChoice;
    readonly sandbox: PortChoice;
  };
  /** The caller's server, or null: start one. */
  readonly temporalAddress: string | null;
  readonly namespace: string;
  /** The caller's database, or null: start PostgreSQL. */
  readonly databaseUrl: string | null;
  /** No HubSpot app is configured. */
  readonly sandbox: boolean;
}

/** What `dev` itself started; null for what the caller has already. */
export interface StartedParts {
  readonly databaseUrl: string;
  readonly temporal: { readonly address: string; readonly uiUrl: string | null } | null;
  readonly sandboxUrl: string | null;
}

/** Where the started parts are. */
export interface Addresses {
  readonly port: number;
  readonly serverMetricsPort: number;
  readonly workerMetricsPort: number;
  readonly temporalUiUrl: string | null;
  readonly sandboxUrl: string | null;
}

const SANDBOX_CLIENT_ID = 'sandbox-app';
const USUAL_SANDBOX_PORT = 4010;
const USUAL_METRICS_PORT = 9464;
/** The configuration is checked before anything is started. */
const UNKNOWN_URL = 'http://localhost';

/** DATA_DIR, absolute and without links, made when it is not there. */
export function dataFolderOf(env: NodeJS.ProcessEnv): string {
  const folder = resolve(present(env, 'DATA_DIR') ?? '.data');
  try {
    makePrivateFolder(folder);
    return realpathSync(folder);
  } catch (error) {
    throw new DevError(`The folder ${folder} cannot be made (${messageOf(error)}): choose another with DATA_DIR=…`);
  }
}

/**
 * Reads the environment and checks the ports that the caller chose.
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
  const config = loadConfig(
    productEnvironment(settings, {
      databaseUrl: databaseUrl ?? 'postgres://made-later',
      temporal: null,
      sandboxUrl: settings.sandbox ? UNKNOWN_URL : null,
    }),
  );
  const workerMetrics = await chosenPort(env, 'METRICS_PORT', USUAL_METRICS_PORT);
  return {
    ...settings,
    ports: {
      server: await fixedPort(config.port, 'PORT'),
      workerMetrics,
      serverMetrics: usualPort(workerMetrics.preferred === 0 ? 0 : workerMetrics.preferred + 1),
      sandbox: await chosenPort(env, 'SANDBOX_PORT', USUAL_SANDBOX_PORT),
    },
  };
}

async function chosenPort(env: NodeJS.ProcessEnv, variable: string, usual: number): Promise<PortChoice> {
  const given = present(env, variable);
  return given === null ? usualPort(usual) : await fixedPort(portNumber(given, variable), variable);
}

function portNumber(text: string, variable: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new ConfigError(`The configuration cannot be used:\n  ${variable}: must be a whole number from 0 to 65535`);
}

/** Environment of `migrate`, `server` and `worker`: the caller's, completed by what `dev` started. */
export function productEnvironment(settings: Omit<DevSettings, 'ports'>, started: StartedParts): NodeJS.ProcessEnv {
  const { env, secrets } = settings;
  const { sandboxUrl } = started;
  const completed: NodeJS.ProcessEnv = {
    // With a server of our own, no setting and no profile of another one may count: it speaks plain text, without a key.
    ...(settings.temporalAddress === null ? withoutTemporal(env) : env),
    DATABASE_URL: started.databaseUrl,
    ENCRYPTION_KEYS: present(env, 'ENCRYPTION_KEYS') ?? secrets.encryptionKeys,
    BOOTSTRAP_API_KEY: apiKeyOf(settings),
    // A development machine may be on any network, so it listens on loopback unless configured otherwise.
    HOST: present(env, 'HOST') ?? '127.0.0.1',
    METRICS_HOST: present(env, 'METRICS_HOST') ?? '127.0.0.1',
  };
  if (sandboxUrl !== null) {
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

/**
 * Environment of the sandbox program.
 *
 * @param publicUrl - where the server is reached; null while it is not started
 */
export function sandboxEnvironment(
  { env, dataFolder, secrets }: DevSettings,
  port: number,
  publicUrl: string | null,
): NodeJS.ProcessEnv {
  return {
    ...env,
    SANDBOX_PORT: String(port),
    SANDBOX_DATA: `${dataFolder}/sandbox.db`,
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET: secrets.sandboxClientSecret,
    // HubSpot signs the address that it calls, and the server checks the signature over its public one.
    ...(publicUrl === null ? {} : { SANDBOX_WEBHOOK_URL: `${publicUrl}/webhooks/hubspot` }),
  };
}

/** @param port - the port that the server is bound to */
export function publicUrlOf({ env }: DevSettings, port: number): string {
  return present(env, 'PUBLIC_URL') ?? `http://localhost:${port}`;
}

export function apiKeyOf({ env, secrets }: Pick<DevSettings, 'env' | 'secrets'>): string {
  return present(env, 'BOOTSTRAP_API_KEY') ?? secrets.bootstrapApiKey;
}

/** An empty value counts as absent, as everywhere in the product. */
export function present(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
}
