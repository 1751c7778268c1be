import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { changeSettings } from '../../src/store/settings/settings';
import { TEST_ACTOR } from '../support/actors';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

const WORDS = {
  en: {
    tasks: 'Tasks',
    open: 'Not done yet',
    done: 'Done',
    deleted: 'Deleted in HubSpot',
    overdue: 'Overdue next steps',
    kept: 'Next steps kept',
    completed: '1 of 5 tasks completed',
    ofSteps: 'Tasks of next steps',
    touched: 'Its task stays. A person completed, changed or reassigned the task in HubSpot, so it stays as it is.',
    none: 'No task. A person deleted the task in HubSpot. Only syncing the meeting again makes another one.',
    changes: 'What changes?',
    days: 'Tasks are due after',
    which: 'See which',
    would: '1 task would change.',
    due: /Its task changes\. For ana\.ruiz@northwind\.example, due /,
  },
  es: {
    tasks: 'Tareas',
    open: 'Pendiente',
    done: 'Hecho',
    deleted: 'Eliminada en HubSpot',
    overdue: 'Próximos pasos vencidos',
    kept: 'Próximos pasos cumplidos',
    completed: '1 de 5 tareas completadas',
    ofSteps: 'Tareas de los próximos pasos',
    touched:
      'Su tarea se queda como está. Una persona completó, cambió o reasignó la tarea en HubSpot, así que se queda como está.',
    none: 'Sin tarea. Una persona eliminó la tarea en HubSpot. Solo se crea otra al volver a sincronizar la reunión.',
    changes: '¿Qué cambia?',
    days: 'Las tareas vencen después de',
    which: 'Ver cuáles',
    would: 'Cambiaría 1 tarea.',
    due: /Su tarea cambia\. Para ana\.ruiz@northwind\.example, vence el /,
  },
} as const;

describeInChromium('A person and the tasks of next steps', (browser) => {
  let stack: FullStack;
  let opened: { readonly page: Page; readonly complaints: readonly string[] } | null = null;

  beforeAll(async () => {
    stack = await startFullStack({ ownNamespace: true });
    await stack.connect();
    await changeSettings(stack.product.db, stack.workspaceId, { createTasks: 'all' }, TEST_ACTOR);
  });
  afterAll(() => stack.close());
  afterEach(async () => {
    expect(opened?.complaints ?? []).toEqual([]);
    await opened?.page.context().close();
    opened = null;
    await stack.product.db.deleteFrom('meetings').execute();
  });

  /** Syncs a meeting with overdue steps, and two without a date. Returns the ids of its tasks. */
  async function syncSteps(meetingId: string, host: string): Promise<readonly string[]> {
    const email = `${meetingId}@acme.example`;
    stack.sandbox.crm.create('contacts', { email });
    const { tasks } = await stack.sync(
      meeting({
        meetingId,
        host: { email: host },
        participants: [{ email }],
        summary: {
          topics: [],
          nextSteps: [
            { text: `Offer of ${meetingId}`, dueDate: '2026-11-06' },
            { text: `Demo of ${meetingId}`, dueDate: '2026-11-07' },
            { text: `Call of ${meetingId}` },
            { text: `Later of ${meetingId}`, dueDate: '2026-11-08' },
            { text: `Plan of ${meetingId}` },
          ],
        },
      }),
    );
    return tasks.map(({ id }) => id);
  }

  test.each(['en', 'es'] as const)('sees what became of each task, and what would become of it: %s', async (locale) => {
    const words = WORDS[locale];
    const meetingId = `m-${locale}`;
    const [offer = '', demo = '', call = ''] = await syncSteps(meetingId, 'ana.ruiz@northwind.example');
    stack.sandbox.crm.update('tasks', offer, { hs_task_status: 'COMPLETED' });
    stack.sandbox.crm.archive('tasks', demo);
    await stack.reconcile();
    opened = await stack.openPage(browser(), { locale });
    const { page } = opened;
    const text = async (selector: string) => (await page.locator(selector).innerText()).replaceAll(/\s+/g, ' ');
    const stateOf = async (step: string) =>
      await page.locator('section[aria-labelledby="tasks"] li').filter({ hasText: step }).locator('.badge').innerText();

    expect(await text('main')).toContain(words.overdue);
    expect(await text('main')).toContain(`Later of ${meetingId}`);
    expect(await text('main')).not.toContain(`Offer of ${meetingId}`);
    expect(await text('main')).not.toContain(`Demo of ${meetingId}`);
    expect(await text('main')).toContain(`${words.kept} ana.ruiz@northwind.example ${words.completed}`);
    await page.goto(`${stack.url}/analytics/next-steps-kept`);
    expect(await page.getByRole('row').filter({ hasText: 'ana.ruiz@northwind.example' }).count()).toBe(1);
    await page.goto(`${stack.url}/analytics/next-steps?due=overdue`);
    expect(await text('main')).toContain(`Later of ${meetingId}`);
    expect(await text('main')).not.toContain(`Offer of ${meetingId}`);

    await page.goto(`${stack.url}/meetings/${meetingId}`);
    await page.getByRole('heading', { name: words.tasks, exact: true }).waitFor();
    expect([await stateOf('Offer'), await stateOf('Demo'), await stateOf('Call')]).toEqual([
      words.done,
      words.deleted,
      words.open,
    ]);
    await expectNoSeriousFindings(page);
    stack.sandbox.crm.update('tasks', call, { hs_task_status: 'COMPLETED' });
    await stack.reconcile();
    await page.reload();
    expect(await stateOf('Call')).toBe(words.done);
    await page.goto(`${stack.url}/meetings/${meetingId}/why-linked`);
    await page.getByRole('heading', { name: words.ofSteps }).waitFor();
    expect(await text('main')).toContain(`Offer of ${meetingId} ${words.touched}`);
    expect(await text('main')).toContain(`Demo of ${meetingId} ${words.none}`);
    await expectNoSeriousFindings(page);

    await page.goto(`${stack.url}/settings/appearance`);
    await page.getByLabel(words.days).fill('9');
    await page.getByText(words.which).click();
    expect(await text('#effect')).toContain(words.would);
    expect(await text('#effect')).toMatch(words.due);
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await overflowOf(page)).toBe(0);
    await expectNoSeriousFindings(page);
    await page.getByRole('link', { name: locale === 'en' ? 'Discard' : 'Descartar' }).click();
  });
});
