/** The global setup passes these values to all test workers as environment variables. */
const VARIABLES = {
  databaseUrl: 'TEST_DATABASE_URL',
  temporalAddress: 'TEST_TEMPORAL_ADDRESS',
  workflowBundle: 'TEST_WORKFLOW_BUNDLE',
  dist: 'TEST_DIST',
} as const;

export interface Shared {
  /** URL of the database `postgres`, as its superuser. */
  readonly databaseUrl: string;
  /** `127.0.0.1:port` of the Temporal server. */
  readonly temporalAddress: string;
  /** File with the bundled workflows. */
  readonly workflowBundle: string;
  /** Folder of the compiled product, with `cli.js`. */
  readonly dist: string;
}

/** Publishes the values to the test workers, which start later. */
export function publishShared({ databaseUrl, temporalAddress, workflowBundle, dist }: Shared): void {
  process.env[VARIABLES.databaseUrl] = databaseUrl;
  process.env[VARIABLES.temporalAddress] = temporalAddress;
  process.env[VARIABLES.workflowBundle] = workflowBundle;
  process.env[VARIABLES.dist] = dist;
}

/** Returns one of the values. @throws outside of integration, chaos and browser tests */
export function shared(name: keyof Shared): string {
  const value = process.env[VARIABLES[name]];
  if (value === undefined) {
    throw new Error('No test servers: a test that needs them belongs in test/integration, test/chaos or test/e2e');
  }
  return value;
}
