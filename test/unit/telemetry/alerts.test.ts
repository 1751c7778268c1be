import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { reasons } from '../../../src/meeting/reasons';
import { createMetrics } from '../../../src/telemetry/metrics';
import { needsAttentionUrl } from '../../../src/temporal/names';
import { findPromtool } from '../../support/promtool';
import { WORK_COUNTS } from '../../support/work-counts';

const ROOT = join(__dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const rules = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            alert: z.string(),
            expr: z.string(),
            labels: z.object({ severity: z.enum(['page', 'ticket']) }),
            annotations: z.object({ summary: z.string(), runbook_url: z.string() }),
          }),
        ),
      }),
    ),
  })
  .parse(parse(read('docker/prometheus/alerts.yml')))
  .groups.flatMap((group) => group.rules);
const runbook = read('docs/runbook.md');
const PROMQL = /^(?:max|sum|count|by|on|unless|and|or|absent|increase|changes)$/;

test('every metric in an alert exists', async () => {
  const { text } = await createMetrics(() => Promise.resolve(WORK_COUNTS)).text();
  const served = new Set([...text.matchAll(/^# TYPE (?<name>\S+)/gm)].map(({ groups }) => groups?.['name'] ?? ''));
  for (const { alert, expr } of rules) {
    const bare = expr.replaceAll(/\{[^}]*\}|\b(?:by|on) \([^)]*\)/g, '');
    const words = [...bare.matchAll(/\b[a-z][a-z_]*\b/g)].map(([word]) => word);
    const metrics = words.filter((word) => !PROMQL.test(word));
    expect([alert, metrics.filter((name) => name !== 'up' && !served.has(name))]).toEqual([alert, []]);
    expect([alert, metrics.length > 0]).toEqual([alert, true]);
  }
});

test.each(rules.map((rule) => [rule.alert, rule] as const))(
  'the alert %s leads to its row in the runbook',
  (alert, rule) => {
    const [file, anchor] = rule.annotations.runbook_url.split('#');
    expect(file).toBe('docs/runbook.md');
    const row = runbook.split('\n').find((line) => line.includes(`<a id="${anchor}"></a>`)) ?? '';
    expect(row).toContain(`**${alert}**`);
    expect(cellsOf(row)).toHaveLength(5);
  },
);

test.each(Object.keys(reasons))('the reason %s has a row in the runbook', (code) => {
  const row =
    runbook.split('\n').find((line) => line.includes(`<a id="reason-${code.replaceAll('_', '-')}"></a>`)) ?? '';
  expect(row).toContain(`\`${code}\``);
  expect(cellsOf(row)).toHaveLength(5);
});

test('the runbook has no row of a removed alert or reason, and no broken link', () => {
  const anchors = [...runbook.matchAll(/<a id="(?<id>[^"]+)">/g)].map(({ groups }) => groups?.['id'] ?? '');
  expect(anchors).toHaveLength(rules.length + Object.keys(reasons).length);
  for (const [, anchor] of runbook.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
});

test('the runbook links to the list of syncs that need attention in Temporal’s UI', () => {
  expect(needsAttentionUrl('http://localhost:8080', 'default')).toBe(
    'http://localhost:8080/namespaces/default/workflows?query=SyncStatus%20%3D%20%22needs_attention%22',
  );
  expect(runbook).toContain(`(${needsAttentionUrl('http://localhost:8080', 'default')})`);
});

const tested = z
  .object({ tests: z.array(z.object({ name: z.string() })) })
  .parse(parse(read('docker/prometheus/alerts.test.yml')))
  .tests.map(({ name }) => name);

test('every alert has a test in which it fires and one in which it must not', () => {
  expect(tested).toEqual(rules.flatMap(({ alert }) => [`${alert} fires`, `${alert} stays silent`]));
});

test('Prometheus accepts the alerts, and its container includes them', () => {
  expect(parse(read('docker/prometheus/prometheus.yml'))).toMatchObject({ rule_files: ['alerts.yml'] });
  expect(read('docker-compose.yml')).toContain('./docker/prometheus/alerts.yml:/etc/prometheus/alerts.yml:ro');
});

test('the dashboard links to rows of the runbook', () => {
  const links = [
    ...read('docker/grafana/dashboards/hubspot-meeting-sync.json').matchAll(/\$\{runbook:raw\}#([a-z-]+)/g),
  ];
  expect(links.length).toBeGreaterThan(5);
  for (const [, anchor] of links) expect(runbook).toContain(`<a id="${anchor}"></a>`);
});

const promtool = findPromtool();
const skipped =
  promtool === null
    ? 'SKIPPED, no promtool was found (go install github.com/prometheus/prometheus/cmd/promtool@v0.316.0): '
    : '';
(promtool === null ? test.skip : test)(`${skipped}promtool finds that each alert does what its test says`, () => {
  const run = (...args: string[]) => execFileSync(promtool ?? '', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
  expect(run('test', 'rules', 'docker/prometheus/alerts.test.yml')).toContain('SUCCESS');
  expect(run('check', 'config', 'docker/prometheus/prometheus.yml')).toContain('SUCCESS');
});

function cellsOf(row: string): string[] {
  return row
    .split('|')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');
}

test('every log line that the runbook quotes exists', () => {
  const quoted = [...runbook.matchAll(/log for "(?<words>[^"]+)"/g)].map(({ groups }) => groups?.['words'] ?? '');
  expect(quoted).not.toEqual([]);
  const sources = globSync('src/**/*.ts', { cwd: ROOT }).map(read).join('');
  expect(quoted.filter((words) => !sources.includes(words))).toEqual([]);
});
