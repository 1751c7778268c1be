import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { connect, putMeeting, putRecords } from '../store/analytics/store';
import { startHttpStack, type HttpStack } from './support';

const PORTAL = 4_815_162;
const HOSTILE = '=HYPERLINK("http://evil.example";"a,b")\nsecond line';

const reportShape = z.object({
  columns: z.array(z.object({ key: z.string(), meetings: z.boolean().optional(), behind: z.boolean().optional() })),
  rows: z.array(z.looseObject({ key: z.string() })),
  totals: z.looseObject({ key: z.string() }).optional(),
  filters: z.looseObject({}),
});
const pageShape = z.object({
  total: z.number(),
  meetingIds: z.array(z.string()),
  meetings: z.array(z.looseObject({ meetingId: z.string() })),
  nextOffset: z.number().nullable(),
});
const problemShape = z.object({
  type: z.string(),
  status: z.number(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
  const { db } = stack.product;
  const where = { workspaceId: stack.workspaceId, portalId: PORTAL };
  await connect(db, where);
  await putRecords(db, PORTAL, [
    { type: 'deals', id: '1', properties: { dealname: HOSTILE, pipeline: 'p1', dealstage: 's1', amount: '-40' } },
    { type: 'deals', id: '2', properties: { dealname: 'Zoë & "Söhne"', pipeline: 'p1', dealstage: 's2' } },
    { type: 'deals', id: '3', properties: { dealname: '\t@cmd', pipeline: 'p1', dealstage: 's1', amount: '7.5' } },
    { type: 'companies', id: '9', properties: { name: '-1+1' } },
  ]);
  for (let index = 0; index < 5; index += 1)
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await putMeeting(db, where, {
      body: {
        meetingId: `m-${index}`,
        title: '=\0cmd',
        startedAt: `2026-11-0${index + 1}T10:00:00Z`,
        summary: {
          aiScore: { value: 82, max: 100 },
          nextSteps: [{ text: '=2\0+2', owner: '\r\n=3', dueDate: '2020-01-01' }],
        },
      },
      links: [
        { type: 'deals', id: '1' },
        { type: 'companies', id: '9' },
        ...(index < 2 ? [{ type: 'deals', id: '2' }] : []),
        ...(index < 1 ? [{ type: 'deals', id: '3' }] : []),
      ],
      unmatched: [{ email: 'new@x.example', name: '+49 30 1234' }],
    });
});
afterAll(() => stack.close());

const get = async (path: string) => await stack.call('GET', `/api/v1/analytics${path}`);
const report = async (path: string) => reportShape.parse((await get(path)).json());
const page = async (path: string) => pageShape.parse((await get(path)).json());

test('Every report is listed, described and returned, and every number with meetings behind it leads to them', async () => {
  const listed = z
    .object({ reports: z.array(z.object({ report: z.string(), url: z.string() })) })
    .parse((await get('')).json());
  const described = JSON.stringify((await stack.call('GET', '/api/openapi.json')).json());
  expect(listed.reports).toHaveLength(20);
  for (const { report: name, url } of listed.reports) {
    expect(described).toContain(`"${url}"`);
    expect(described).toContain(`"${url}/meetings"`);
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { columns, rows, totals } = await report(`/${name}`);
    for (const column of columns.filter(({ meetings, behind }) => meetings ?? behind))
      for (const row of [...rows, ...(totals === undefined ? [] : [totals])]) {
        if (row[column.key] === undefined) continue;
        const key = row === totals ? '' : `&key=${encodeURIComponent(row.key)}`;
        // oxlint-disable-next-line no-await-in-loop -- as above
        const { total, meetingIds } = await page(`/${name}/meetings?column=${encodeURIComponent(column.key)}${key}`);
        expect([name, column.key, row.key, meetingIds.length]).toEqual([name, column.key, row.key, total]);
        if (column.meetings === true)
          expect([name, column.key, row.key, row[column.key]]).toEqual([name, column.key, row.key, total]);
      }
  }
});

test('A report contains its filters', async () => {
  const { filters } = await report(
    '/topics?from=2026-11-02&to=2026-11-30&owner=Ana.Ruiz@Northwind.example&company=9&by=stage',
  );
  expect(filters).toEqual({
    from: '2026-11-02',
    to: '2026-11-30',
    owner: 'ana.ruiz@northwind.example',
    company: '9',
    by: 'stage',
    limit: 100,
  });
});

describe('Invalid queries', () => {
  test.each([
    ['/score-over-time?from=2026-02-30', 'from'],
    ['/score-over-time?from=', 'from'],
    ['/score-over-time?to=tomorrow', 'to'],
    ['/score-over-time?from=2026-11-02&to=2026-11-01', 'to'],
    ['/score-over-time?owner=ana', 'owner'],
    ['/score-over-time?owner=a%00b@x.example', 'owner'],
    ['/score-over-time?pipeline=', 'pipeline'],
    ['/score-over-time?pipeline=%00', 'pipeline'],
    [`/score-over-time?stage=${'x'.repeat(101)}`, 'stage'],
    ['/score-over-time?company=acme', 'company'],
    ['/score-over-time?object=contracts/1', 'object'],
    ['/score-over-time?object=2-1', 'object'],
    ['/score-over-time?interval=day', 'interval'],
    ['/score-over-time?format=xml', 'format'],
    ['/score-over-time?from=2026-11-01&from=2026-11-02', 'from'],
    ['/score-over-time?limit=5', 'limit'],
    ['/score-over-time?colour=red', 'colour'],
    ['/topics?by=owner', 'by'],
    ['/topics?limit=0', 'limit'],
    ['/topics?limit=10001', 'limit'],
    ['/silent-deals?days=1.5', 'days'],
    ['/silent-deals?days=-1', 'days'],
    ['/next-steps?due=soon', 'due'],
    ['/deals/meetings?column=amount', 'column'],
    ['/deals/meetings?column=toString', 'column'],
    ['/deals/meetings?offset=-1', 'offset'],
    ['/deals/meetings?limit=1001', 'limit'],
    ['/deals/meetings?key=%00', 'key'],
    ['/deals/meetings?to=2026', 'to'],
  ])('%s names %s', async (path, field) => {
    const answer = await get(path);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    const { status, type, errors } = problemShape.parse(answer.json());
    expect([answer.statusCode, status]).toEqual([400, 400]);
    expect(type).toMatch(/#invalid-input$/);
    expect(errors?.map(({ path: at }) => at)).toEqual([field]);
  });

  test.each(['/score', '/score/meetings', '/constructor', '/Deals'])('%s is not a report', async (path) => {
    const answer = await get(path);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    const { status, type, detail } = problemShape.parse(answer.json());
    expect([answer.statusCode, status]).toEqual([404, 404]);
    expect(type).toMatch(/#unknown-report$/);
    expect(detail).toMatch('score-over-time, score-by-owner');
  });

  test('Reports need a key, and show only the workspace of the key', async () => {
    expect((await stack.app.inject('/api/v1/analytics/deals')).statusCode).toBe(401);
    const { apiKey } = await createWorkspace(stack.product.db, 'Fabrikam');
    const answer = await stack.call('GET', '/api/v1/analytics/coverage', undefined, apiKey);
    expect(answer.json()).toMatchObject({ totals: { meetings: 0 } });
    const behind = await stack.call('GET', '/api/v1/analytics/deals/meetings?key=1', undefined, apiKey);
    expect(behind.json()).toMatchObject({ total: 0, meetingIds: [] });
  });

  test('The last days of the calendar are valid', async () => {
    const { totals } = await report('/score-over-time?from=0001-01-01&to=9999-12-31');
    expect(totals).toMatchObject({ meetings: 5 });
  });
});

describe('CSV', () => {
  test('equals the table, and no text becomes a formula in a spreadsheet', async () => {
    const answer = await get('/deals?format=csv');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="deals.csv"');
    expect(answer.body).toBe(
      [
        'key,deal,outcome,pipeline,stage,meetings,people,score,amount,currency,firstMeeting,lastMeeting,daysToClose',
        `1,"'=HYPERLINK(""http://evil.example"";""a,b"")\nsecond line",Open,New business,Qualified,5,1,82,-40,,2026-11-01,2026-11-05,`,
        '2,"Zoë & ""Söhne""",Won,New business,Closed won,2,1,82,,,2026-11-01,2026-11-02,',
        `3,'@cmd,Open,New business,Qualified,1,1,82,7.5,,2026-11-01,2026-11-01,`,
        '',
      ].join('\r\n'),
    );
    expect((await get('/unmatched-people?format=csv')).body).toBe(
      "key,name,email,meetings,lastMeeting\r\nnew@x.example,'+49 30 1234,new@x.example,5,2026-11-05\r\n",
    );
    expect((await get('/next-steps?format=csv&limit=1')).body.split('\r\n')[1]).toMatch(
      /^m-4\/1,'=2\+2,Overdue,2020-01-01,\d+,'=3,'=cmd,2026-11-05,Ana Ruiz,1$/,
    );
    expect((await get('/silent-companies?format=csv&days=1')).body).toMatch("\r\n9,'-1+1,,,2026-11-05,");
  });

  test('is chosen by the header too, if it prefers CSV to JSON; the parameter takes precedence', async () => {
    const asked = async (accept: string, query = '') => {
      const answer = await stack.app.inject({
        url: `/api/v1/analytics/coverage${query}`,
        headers: { authorization: `Bearer ${stack.apiKey}`, accept },
      });
      return String(answer.headers['content-type']).split(';')[0];
    };
    expect(await asked('text/csv')).toBe('text/csv');
    expect(await asked('text/csv, application/json')).toBe('text/csv');
    expect(await asked('text/csv;q=0.9, application/json')).toBe('application/json');
    expect(await asked('application/json, text/csv')).toBe('application/json');
    expect(await asked('*/*')).toBe('application/json');
    expect(await asked('text/csv', '?format=json')).toBe('application/json');
    expect(await asked('application/json', '?format=csv')).toBe('text/csv');
  });

  test('has all rows without a limit, while JSON has the first hundred', async () => {
    const { db } = stack.product;
    const { workspaceId, apiKey } = await createWorkspace(db, 'Many');
    const topics = Array.from({ length: 150 }, (_, index) => ({ title: `Topic ${index}` }));
    for (const [index, some] of [topics.slice(0, 50), topics.slice(50, 100), topics.slice(100)].entries())
      // oxlint-disable-next-line no-await-in-loop -- three
      await putMeeting(
        db,
        { workspaceId, portalId: 1 },
        { body: { meetingId: `m-${index}`, summary: { topics: some } } },
      );
    const lines = async (query: string) => {
      const { body } = await stack.call('GET', `/api/v1/analytics/topics?${query}`, undefined, apiKey);
      return body.trim().split('\r\n').length - 1;
    };
    expect([await lines('format=csv'), await lines('format=csv&limit=7')]).toEqual([150, 7]);
    const json = await stack.call('GET', '/api/v1/analytics/topics', undefined, apiKey);
    expect(reportShape.parse(json.json()).rows).toHaveLength(100);
  });
});

describe('The meetings behind a number', () => {
  test('are listed in pages, newest first, each page with the total count', async () => {
    const first = await page('/deals/meetings?key=1&limit=2');
    expect(first).toMatchObject({ total: 5, meetingIds: ['m-4', 'm-3'], nextOffset: 2 });
    const second = await page(`/deals/meetings?key=1&limit=2&offset=${first.nextOffset}`);
    expect(second).toMatchObject({ total: 5, meetingIds: ['m-2', 'm-1'], nextOffset: 4 });
    const third = await page(`/deals/meetings?key=1&limit=2&offset=${second.nextOffset}`);
    expect(third).toMatchObject({ total: 5, meetingIds: ['m-0'], nextOffset: null });
    expect(await page('/deals/meetings?key=1&offset=50')).toEqual({
      total: 5,
      meetingIds: [],
      meetings: [],
      nextOffset: null,
    });
  });

  test('are listed with title, start, host and score, and filtered like the report', async () => {
    const { meetings, ...rest } = await page('/deals/meetings?key=2&from=2026-11-02');
    expect(rest).toEqual({ total: 1, meetingIds: ['m-1'], nextOffset: null });
    expect(meetings).toEqual([
      {
        meetingId: 'm-1',
        title: '=cmd',
        startedAt: '2026-11-02T10:00:00.000Z',
        host: 'Ana Ruiz',
        score: 82,
      },
    ]);
  });

  test('are none for an unknown key', async () => {
    for (const path of [
      '/deals/meetings?key=77',
      '/score-by-stage/meetings?key=%27;drop',
      '/next-steps/meetings?key=m-1/9',
    ])
      // oxlint-disable-next-line no-await-in-loop -- three
      expect(await page(path)).toMatchObject({ total: 0, meetingIds: [] });
  });
});
