import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { defaultWebhookSettings } from '../../sandbox/webhooks/settings';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES, USERS_SCOPE } from '../../src/hubspot/client/oauth';

const FOLDER = join(__dirname, '..', '..', 'hubspot-app');
const HOST = 'https://meetings.northwind.example';

const uid = z.string().regex(/^[\w.-]{1,64}$/u);
const project = z.strictObject({ name: z.string().min(1), srcDir: z.literal('src'), platformVersion: z.string() });
const app = z.strictObject({
  uid,
  type: z.literal('app'),
  config: z.strictObject({
    name: z.string(),
    description: z.string(),
    distribution: z.literal('marketplace'),
    auth: z.strictObject({
      type: z.literal('oauth'),
      redirectUrls: z.array(z.url()),
      requiredScopes: z.array(z.string()),
      optionalScopes: z.array(z.string()),
      conditionallyRequiredScopes: z.array(z.string()),
    }),
    permittedUrls: z.strictObject({ fetch: z.array(z.url()), iframe: z.array(z.url()), img: z.array(z.url()) }),
    support: z.strictObject({ supportEmail: z.email(), documentationUrl: z.url(), supportUrl: z.url() }),
  }),
});
const classic = z.strictObject({
  subscriptionType: z.string(),
  propertyName: z.string().optional(),
  active: z.literal(true),
});
const webhooks = z.strictObject({
  uid,
  type: z.literal('webhooks'),
  config: z.strictObject({
    // "Must be a number greater than five", says HubSpot.
    settings: z.strictObject({ targetUrl: z.url(), maxConcurrentRequests: z.number().int().gt(5) }),
    subscriptions: z.strictObject({
      crmObjects: z.array(z.never()),
      legacyCrmObjects: z.array(classic),
      hubEvents: z.array(classic),
    }),
  }),
});
const card = z.strictObject({
  uid,
  type: z.literal('card'),
  config: z.strictObject({
    name: z.string().min(1),
    description: z.string(),
    location: z.enum(['crm.record.tab', 'crm.record.sidebar']),
    entrypoint: z.string(),
    objectTypes: z.array(z.string()),
  }),
});
const cardsPackage = z.looseObject({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});
const CARDS = join(FOLDER, 'src', 'app', 'cards');

function read<T>(shape: z.ZodType<T>, ...path: string[]): T {
  return shape.parse(JSON.parse(readFileSync(join(FOLDER, ...path), 'utf8')));
}

const appFile = () => read(app, 'src', 'app', 'app-hsmeta.json');
const webhooksFile = () => read(webhooks, 'src', 'app', 'webhooks', 'webhooks-hsmeta.json');
const cardFiles = () =>
  readdirSync(CARDS)
    .filter((file) => file.endsWith('-hsmeta.json'))
    .map((file) => read(card, 'src', 'app', 'cards', file));

test('the project uses a platform version that we know', () => {
  expect(read(project, 'hsproject.json').platformVersion).toBe('2026.03');
  const uids = [appFile(), webhooksFile(), ...cardFiles()].map((file) => file.uid);
  expect(new Set(uids).size).toBe(4);
});

test('the app declares exactly the scopes of the link to the consent page', () => {
  const { auth } = appFile().config;
  expect(auth.requiredScopes).toEqual(REQUIRED_SCOPES);
  expect(auth.optionalScopes).toEqual([...OPTIONAL_SCOPES, USERS_SCOPE]);
  expect(auth.conditionallyRequiredScopes).toEqual([]);
});

test('all URLs belong to the same server', () => {
  const { auth, permittedUrls } = appFile().config;
  expect(auth.redirectUrls).toEqual([`${HOST}/oauth/hubspot/callback`]);
  expect(permittedUrls).toEqual({ fetch: [`${HOST}/hubspot/card`], iframe: [], img: [] });
  expect(webhooksFile().config.settings.targetUrl).toBe(`${HOST}/webhooks/hubspot`);
  expect(readFileSync(join(CARDS, 'backend.ts'), 'utf8')).toContain(`PUBLIC_URL = '${HOST}';`);
});

test('the cards are on the three record types, in the tab and the sidebar, and the app may read those', () => {
  const cards = cardFiles();
  expect(cards.map(({ config }) => config.location).toSorted()).toEqual(['crm.record.sidebar', 'crm.record.tab']);
  for (const { config } of cards) {
    expect(config.objectTypes).toEqual(['contacts', 'companies', 'deals']);
    // As HubSpot's project templates write it: from the project's srcDir.
    expect(config.entrypoint).toBe('/app/cards/MeetingsCard.tsx');
    for (const type of config.objectTypes) expect(REQUIRED_SCOPES).toContain(`crm.objects.${type}.read`);
  }
  expect(readdirSync(CARDS)).toContain('MeetingsCard.tsx');
});

test("the cards' build tools are pinned, and their types check with their own TypeScript", () => {
  const { dependencies, devDependencies } = read(cardsPackage, 'src', 'app', 'cards', 'package.json');
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/u);
  // HubSpot's renderer runs React 18; its components are typed for TypeScript 5.
  expect([dependencies['react'], devDependencies['typescript']]).toEqual([
    expect.stringMatching(/^18\./u),
    expect.stringMatching(/^5\./u),
  ]);
  const compiler = require.resolve('typescript/bin/tsc', { paths: [CARDS] });
  const run = (...options: string[]) =>
    spawnSync(process.execPath, [compiler, ...options], { encoding: 'utf8' }).stdout;
  expect(run('--version')).toBe(`Version ${devDependencies['typescript']}\n`);
  expect(run('--pretty', 'false', '-p', CARDS)).toBe('');
});

test('each kind of event is subscribed once, and the sandbox sends the same property changes', () => {
  const { legacyCrmObjects, hubEvents } = webhooksFile().config.subscriptions;
  const names = legacyCrmObjects.map((each) => [each.subscriptionType, each.propertyName].filter(Boolean).join('/'));
  const kinds = ['creation', 'deletion', 'restore', 'merge', 'associationChange'];
  const wanted = Object.entries(defaultWebhookSettings().properties).flatMap(([type, properties]) => [
    ...kinds.map((kind) => `${type}.${kind}`),
    ...properties.map((property) => `${type}.propertyChange/${property}`),
  ]);
  expect(names.toSorted()).toEqual(wanted.toSorted());
  expect(wanted).toHaveLength(33);
  expect(hubEvents).toEqual([{ subscriptionType: 'contact.privacyDeletion', active: true }]);
});
