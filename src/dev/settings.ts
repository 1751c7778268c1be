import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, loadConfig } from '../config';
import { DevError, messageOf } from './errors';
import { makePrivateFolder } from './private-files';
import { fixedPort, usualPort, type PortChoice } from './ports';
import { loadSecrets, type Secrets } from './secrets';
import { withoutTemporal } from './temporal/temporal-server';

/** The settings of `dev`, read from the caller's environment. */
export interface DevSettings {
  readonly env: NodeJS.ProcessEnv;
  readonly dataFolder: string;
  readonly secrets: Secrets;
  readonly ports: {
    readonly server: PortChoice;
    /** METRICS_PORT sets this one. */
    readonly workerMetrics: PortChoice;
    /** The server is a separate process, so its metrics need a port besides the worker's. */
    readonly serverMetrics: PortChoice;
    readonly sandbox: PortChoice;
  };
  /** Null means that `dev` starts a Temporal server. */
  readonly temporalAddress: string | null;
  readonly namespace: string;
  /** Null means that `dev` starts PostgreSQL. */
  readonly databaseUrl: string | null;
  /** True when no HubSpot app is configured, so that `dev` starts the sandbox. */
  readonly sandbox: boolean;
}

/** The parts that `dev` started. Null means that the environment names an existing one. */
export interface StartedParts {
  readonly databaseUrl: string;
  readonly temporal: { readonly address: string; readonly uiUrl: string | null } | null;
  readonly sandboxUrl: string | null;
}

const SANDBOX_CLIENT_ID = 'sandbox-app';
const USUAL_SANDBOX_PORT = 4010;
const USUAL_METRICS_PORT = 9464;
/** A placeholder: the configuration is validated before the parts that provide the real address start. */
const UNKNOWN_URL = 'http://localhost';

/** DATA_DIR as an absolute path without symbolic links. Created if it does not exist. */
export function dataFolderOf(env: NodeJS.ProcessEnv): string {
  const folder = resolve(present(env, 'DATA_DIR') ?? '.data');
  try {
    makePrivateFolder(folder);
    return realpathSync(folder);
  } catch (error) {
    throw new DevError(`The folder ${folder} cannot be created (${messageOf(error)}): choose another with DATA_DIR=…`);
  }
}

/**
 * Reads the environment and checks the ports that it sets, before anything is started.
 *
 * @throws ConfigError when a variable is invalid
 * @throws {@link DevError} when a port that the environment sets is taken
 */
export async function readSettings(env: NodeJS.ProcessEnv, dataFolder: string): Promise<DevSettings> {
  const databaseUrl = present(env, 'DATABASE_URL');
  const settings = {
    env,
    dataFolder,
    secrets: loadSecrets(dataFolder),
    // The address of a named profile is in the user's Temporal configuration file.
    temporalAddress: present(env, 'TEMPORAL_ADDRESS') ?? present(env, 'TEMPORAL_PROFILE'),
    namespace: present(env, 'TEMPORAL_NAMESPACE') ?? 'default',
    databaseUrl,
    sandbox: present(env, 'HUBSPOT_CLIENT_ID') === null,
  };
  const config = loadConfig(
    productEnvironment(settings, {
      databaseUrl: databaseUrl ?? 'postgres://created-later',
      temporal: null,
      sandboxUrl: settings.sandbox ? UNKNOWN_URL : null,
    }),
  );
  const workerMetrics = await chosenPort(env, 'METRICS_PORT', USUAL_METRICS_PORT);
  // A HubSpot app has the address in its settings, and the public URL leads to it.
  const anyPort = settings.sandbox && present(env, 'PORT') === null && present(env, 'PUBLIC_URL') === null;
  return {
    ...settings,
    ports: {
      server: anyPort ? usualPort(config.port) : await fixedPort(config.port, 'PORT'),
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

/** The environment of `migrate`, `server` and `worker`: the caller's, completed by the parts that `dev` started. */
export function productEnvironment(settings: Omit<DevSettings, 'ports'>, started: StartedParts): NodeJS.ProcessEnv {
  const { env, secrets } = settings;
  const { sandboxUrl } = started;
  const completed: NodeJS.ProcessEnv = {
    // Our dev server speaks plain text without a key, so no setting or profile of another Temporal server may apply.
    ...(settings.temporalAddress === null ? withoutTemporal(env) : env),
    DATABASE_URL: started.databaseUrl,
    ENCRYPTION_KEYS: present(env, 'ENCRYPTION_KEYS') ?? secrets.encryptionKeys,
    BOOTSTRAP_API_KEY: apiKeyOf(settings),
    // A development machine may be on any network, so it listens on loopback unless configured otherwise.
    HOST: present(env, 'HOST') ?? '127.0.0.1',
    METRICS_HOST: present(env, 'METRICS_HOST') ?? '127.0.0.1',
    // Receivers of notices under development run on the same machine.
    OUTBOUND_PRIVATE_ADDRESSES: present(env, 'OUTBOUND_PRIVATE_ADDRESSES') ?? 'loopback',
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
    // A file that does not exist. Without it, the SDK would read the user's default profile.
    completed['TEMPORAL_CONFIG_FILE'] = `${settings.dataFolder}/no-temporal-profile.toml`;
    if (started.temporal.uiUrl !== null) {
      completed['TEMPORAL_UI_URL'] = present(env, 'TEMPORAL_UI_URL') ?? started.temporal.uiUrl;
    }
  }
  return completed;
}

/**
 * The environment of the sandbox.
 *
 * @param publicUrl - the public URL of our server, or null before it is started
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
    // HubSpot's signature covers the URL that it calls, and our server verifies it against its public URL.
    ...(publicUrl === null ? {} : { SANDBOX_WEBHOOK_URL: `${publicUrl}/webhooks/hubspot` }),
  };
}

/** @param port - the port that the server listens on */
export function publicUrlOf({ env }: DevSettings, port: number): string {
  return present(env, 'PUBLIC_URL') ?? `http://localhost:${port}`;
}

/** The API key of the workspace `default`: `BOOTSTRAP_API_KEY`, or else the key that is kept in `DATA_DIR`. */
export function apiKeyOf({ env, secrets }: Pick<DevSettings, 'env' | 'secrets'>): string {
  return present(env, 'BOOTSTRAP_API_KEY') ?? secrets.bootstrapApiKey;
}

/** The value of a variable, or null. An empty value counts as absent, as everywhere in the product. */
function present(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
}
