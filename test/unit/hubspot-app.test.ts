import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { defaultWebhookSettings } from '../../sandbox/webhooks/settings';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../src/hubspot/oauth';

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

function read<T>(shape: z.ZodType<T>, ...path: string[]): T {
  return shape.parse(JSON.parse(readFileSync(join(FOLDER, ...path), 'utf8')));
}

const appFile = () => read(app, 'src', 'app', 'app-hsmeta.json');
const webhooksFile = () => read(webhooks, 'src', 'app', 'webhooks', 'webhooks-hsmeta.json');

test('the project is one that a platform version we know builds', () => {
  expect(read(project, 'hsproject.json').platformVersion).toBe('2026.03');
  expect(appFile().uid).not.toBe(webhooksFile().uid);
});

test('the app declares exactly the scopes that the link to the consent page asks for', () => {
  const { auth } = appFile().config;
  expect(auth.requiredScopes).toEqual(REQUIRED_SCOPES);
  expect(auth.optionalScopes).toEqual(OPTIONAL_SCOPES);
  expect(auth.conditionallyRequiredScopes).toEqual([]);
});

test('every address is one of the same server', () => {
  const { auth, permittedUrls } = appFile().config;
  expect(auth.redirectUrls).toEqual([`${HOST}/oauth/hubspot/callback`]);
  expect(permittedUrls).toEqual({ fetch: [HOST], iframe: [], img: [] });
  expect(webhooksFile().config.settings.targetUrl).toBe(`${HOST}/webhooks/hubspot`);
});

test('each kind of event is subscribed once, and the sandbox sends changes of the same properties', () => {
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
