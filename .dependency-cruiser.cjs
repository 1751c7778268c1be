/**
 * The rooms of `src`, the highest first: a room imports only from the rooms below it, types included. `docs/architecture.md`
 * says what each is for.
 */
const ROOMS = [
  'cli',
  'dev',
  'http',
  'runtime',
  'dispatch',
  'workflows',
  'activities',
  'planning',
  'identity',
  'connection',
  'telemetry',
  'hubspot',
  'messages',
  'outbound',
  'analytics',
  'store',
  'temporal',
  'meeting',
  'languages',
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...ROOMS.slice(1).map((room, index) => ({
      name: `${room}-imports-downwards`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: `^src/(${ROOMS.slice(0, index + 1).join('|')})/` },
    })),
    {
      name: 'sql-in-the-store',
      comment: 'Other rooms take a Db or a DbPool of src/store/database.ts, and call functions of the store.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(store|analytics)/' },
      to: { path: 'node_modules/(@types/)?(kysely|pg)/' },
    },
    {
      name: 'bundled-rooms',
      comment: 'src/temporal/workflow-bundle.ts bundles again when one of these rooms has changed.',
      severity: 'error',
      from: { path: '^src/(workflows|temporal|meeting)/' },
      to: {
        path: '^src/',
        pathNot: '^src/(workflows|temporal|meeting)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nothing-loose-in-src',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+[.]ts$', pathNot: '^src/(cli|client|config|secrets|server|worker)[.]ts$' },
    },
    {
      name: 'no-room-imports-an-entry-point',
      comment: 'The command line runs them.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: '^src/cli/program[.]ts$' },
      to: { path: '^src/(cli|server|worker)[.]ts$' },
    },
    {
      name: 'client-apart',
      comment: 'The package has no server behind it.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { pathNot: '^packages/' },
    },
    {
      name: 'sandbox-apart',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^src/' },
    },
    {
      name: 'src-without-the-sandbox',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^sandbox/' },
    },
  ],
  options: {
    // TypeScript 7 has no API for it; swc, which compiles the tests, keeps type imports too.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['meeting-sync-source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};
