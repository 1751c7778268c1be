import { expect, test } from '@jest/globals';
import { connectToTemporal } from '../test/support/temporal';
import { queryAsSuperuser } from '../test/support/database';
import type { Figure } from './figures';
import { benchOptions, machine, type BenchOptions, type ScenarioName } from './options';
import { publish, type Report } from './report';
import { measureAlone } from './scenarios/alone';
import { measureBackfill } from './scenarios/backfill';
import { measureLatency } from './scenarios/latency';
import { measureLifted } from './scenarios/lifted';
import { measureMemory } from './scenarios/memory';
import { measureMixed } from './scenarios/mixed';
import { measureStorm } from './scenarios/storm';

const MEASURES: Readonly<Record<ScenarioName, (options: BenchOptions) => Promise<Figure[]>>> = {
  alone: measureAlone,
  backfill: measureBackfill,
  mixed: measureMixed,
  lifted: measureLifted,
  latency: measureLatency,
  storm: measureStorm,
  memory: measureMemory,
};
const HOURS_4 = 4 * 3_600_000;

test(
  'the benchmark',
  async () => {
    const options = benchOptions(process.env);
    const figures: Figure[] = [];
    for (const scenario of options.scenarios) {
      process.stderr.write(`bench: ${scenario} …\n`);
      // oxlint-disable-next-line no-await-in-loop -- measured one by one
      figures.push(...(await MEASURES[scenario](options)));
    }
    const { meetings, memoryMeetings, liveMeetings, naiveMeetings } = options;
    const report: Report = {
      date: new Date().toISOString(),
      machine: machine(),
      versions: await versions(),
      options: { meetings, memoryMeetings, liveMeetings, naiveMeetings },
      figures,
    };
    process.stdout.write(`${publish(report, options)}\n`);
    expect(figures.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
  },
  HOURS_4,
);

async function versions(): Promise<Report['versions']> {
  const connection = await connectToTemporal();
  try {
    const [row] = (await queryAsSuperuser('SHOW server_version')) as { server_version: string }[];
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    return {
      node: process.versions.node,
      postgresql: row?.server_version ?? 'unknown',
      temporal: serverVersion || 'unknown',
    };
  } finally {
    await connection.close();
  }
}
