// Takes the screenshots in docs/images. Runs the whole product on a temporary data folder and drives it like a person.
//
//   npm run screenshots
//
// Needs a build and a Chromium (on PATH, or CHROMIUM_PATH).
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { toPalettePng } from './palette-png.mjs';

const ROOT = join(import.meta.dirname, '..');
const IMAGES = join(ROOT, 'docs/images');
const MAX_BYTES = 200_000;
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const meeting = JSON.parse(readFileSync(join(ROOT, 'examples/meeting.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'hubspot-meeting-sync-screenshots-'));
// When we run as root, PostgreSQL runs as another user, which must be able to traverse this folder.
chmodSync(folder, 0o755);
mkdirSync(IMAGES, { recursive: true });

const dev = await startDev();
const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
try {
  await takePictures();
} finally {
  await browser.close();
  dev.process.kill('SIGINT');
  await once(dev.process, 'exit');
  rmSync(folder, { recursive: true, force: true });
}

/** Starts `dev` and reads the addresses of its parts from its output. */
async function startDev() {
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli.js'), 'dev', '--no-demo', '--no-open'], {
    cwd: ROOT,
    env: { ...process.env, DATA_DIR: folder, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const places = {};
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    const place = /^ {2}(?<name>\S.{0,11}?) {2,}(?<value>http\S+)/.exec(line)?.groups;
    if (place !== undefined) places[place.name] = place.value;
    if (line.endsWith(' --help')) {
      child.stdout.resume();
      return { process: child, places, ...running() };
    }
  }
  throw new Error('dev exited before it was ready');
}

/** Posts the example and forty made-up meetings. @returns their ids */
function postDemo() {
  const program = [join(ROOT, 'dist/cli.js'), 'demo', '--json', '--url', dev.url, '--key', dev.apiKey];
  return JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' })).meetings;
}

/** The address and the API key that `dev` publishes for other shells. */
function running() {
  return JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8'));
}

async function takePictures() {
  const context = await browser.newContext({ colorScheme: 'light', viewport: { width: 1200, height: 760 } });
  const page = await context.newPage();
  await page.goto(dev.places['Sign in']);
  await page.getByRole('button', { name: /^(Sign in|Switch)/ }).click();
  await page.goto(`${dev.url}/settings/integrations`);
  await page.getByRole('link', { name: 'Connect', exact: true }).click();
  await page.getByRole('button', { name: 'Connect app' }).click();
  await page.waitForURL(`${dev.url}/settings/integrations`);
  await page.goto(`${dev.url}/settings/integrations`);
  await picture(page, 'settings');

  const done = await sync();
  // Before the demo meetings, of which some belong to the same contact.
  const contact = done.links.find((link) => link.objectType === 'contacts');
  const portal = (await call('GET', '/api/v1/connection')).portal.id;
  await page.setViewportSize({ width: 1200, height: 1_130 });
  await page.goto(`${dev.places['HubSpot']}/contacts/${portal}/record/0-1/${contact.id}`);
  await picture(page, 'timeline');

  await page.setViewportSize({ width: 1000, height: 640 });
  const demo = postDemo();
  for (const meetingId of demo) await ended(meetingId);
  // Names of records are read shortly after their meetings are synced.
  await page.goto(`${dev.url}/meetings/${meeting.meetingId}`);
  while ((await page.getByRole('link', { name: 'Pieter de Vries' }).count()) === 0) {
    await delay(1_000);
    await page.reload();
  }
  await picture(page, 'meeting', { fullPage: true });
  await page.setViewportSize({ width: 1200, height: 760 });
  await page.goto(`${dev.url}/overview`);
  await picture(page, 'overview');
  await page.setViewportSize({ width: 1200, height: 860 });
  await page.goto(`${dev.url}/meetings`);
  await picture(page, 'meetings');
  await page.setViewportSize({ width: 1200, height: 1_180 });
  await page.goto(`${dev.url}/analytics`);
  await picture(page, 'analytics');

  await page.setViewportSize({ width: 1280, height: 960 });
  await page.goto(done.workflow.url);
  await page.getByText('recordOutcome').first().waitFor();
  // Temporal's UI draws the lines of the history one after the other.
  await page.waitForLoadState('networkidle');
  await picture(page, 'temporal');
}

/** Posts the example as a pipeline would and waits for its sync. */
async function sync() {
  await call('POST', '/api/v1/meetings', meeting);
  const status = await ended(meeting.meetingId);
  if (status.status !== 'synced') throw new Error(`${status.reason.message} ${status.reason.action}`);
  return status;
}

/** Waits until a meeting's sync has ended. */
async function ended(meetingId) {
  for (;;) {
    const status = await call('GET', `/api/v1/meetings/${meetingId}`);
    if (['synced', 'skipped', 'needs_attention'].includes(status.status)) return status;
    await delay(200);
  }
}

async function call(method, path, body) {
  const response = await fetch(dev.url + path, {
    method,
    headers: {
      authorization: `Bearer ${dev.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

async function picture(page, name, options = {}) {
  const path = join(IMAGES, `${name}.png`);
  const png = toPalettePng(await page.screenshot({ animations: 'disabled', ...options }));
  const bytes = png.length;
  console.log(`  ${path}: ${Math.round(bytes / 1000)} kB`);
  if (bytes > MAX_BYTES) throw new Error(`${path} is too large: ${bytes} bytes, ${MAX_BYTES} at most`);
  writeFileSync(path, png);
}

function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) return given;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.flatMap((place) => BROWSERS.map((name) => join(place, name))).find((path) => existsSync(path));
  if (found === undefined) throw new Error('No Chromium was found: install one, or set CHROMIUM_PATH');
  return found;
}
