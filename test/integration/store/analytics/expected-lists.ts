import {
  FEW,
  amountOf,
  amountsOf,
  compare,
  dayNumber,
  counted,
  lastTime,
  named,
  round,
  type Expected,
  type ExpectedRow,
} from './expected-row';
import { timeText, type Meeting, type Seen } from './oracle';
import type { Raw } from './raw';

export function nextStepsKept(seen: Seen): Expected {
  const all = counted(seen).flatMap((meeting) => meeting.tasks.map((task) => ({ ...task, meeting })));
  const rowOf = (key: string | null, tasks: typeof all): ExpectedRow => {
    const alive = tasks.filter(({ deleted }) => !deleted);
    const completed = alive.filter(({ completedDay }) => completedDay !== null);
    const open = alive.filter(({ completedDay }) => completedDay === null);
    const overdue = open.filter(({ dueDay }) => dueDay < seen.today);
    const due = completed.length + overdue.length;
    const meetings = [...new Set(tasks.map(({ meeting }) => meeting))];
    const owner = seen.raw.owners
      .filter(({ portal_id: portalId, email }) => portalId === seen.portalId && email?.toLowerCase() === key)
      .toSorted((a, b) => Number(a.archived) - Number(b.archived) || compare(a.owner_id, b.owner_id))[0];
    return {
      key: key ?? '',
      cells: {
        few: due < FEW,
        owner: key === null ? 'All' : (owner?.name ?? key),
        email: key,
        tasks: tasks.length,
        kept: due === 0 ? null : round((100 * completed.length) / due),
        completed: completed.length,
        onTime: completed.filter(({ completedDay, dueDay }) => (completedDay ?? '') <= dueDay).length,
        open: open.length,
        overdue: overdue.length,
        deleted: tasks.length - alive.length,
        meetings: meetings.length,
      },
      behind: { meetings },
    };
  };
  const owners = [...Map.groupBy(all, ({ ownerEmail }) => ownerEmail)];
  return {
    rows: owners
      .map(([key, tasks]) => rowOf(key, tasks))
      .toSorted((a, b) => Number(b.cells['tasks']) - Number(a.cells['tasks']) || compare(a.key, b.key)),
    totals: rowOf(null, all),
  };
}

/** Whether the task of a step is completed or deleted. */
function isDone({ tasks }: Meeting, text: string, index: number): boolean {
  return tasks.some(
    (task) => task.position === index && task.text === text && (task.deleted || task.completedDay !== null),
  );
}

export function nextSteps(seen: Seen): Expected {
  const { due, limit } = seen.asked.options;
  const listed = counted(seen)
    .toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime() || compare(a.id, b.id))
    .flatMap((meeting) =>
      meeting.steps.map((step, index) => ({
        meeting,
        ...step,
        position: index + 1,
        overdue: step.due !== null && step.due < seen.today,
        done: isDone(meeting, step.text, index),
      })),
    )
    .filter((step) => {
      if (step.done) return false;
      if (due === 'all') return step.due === null || step.overdue;
      return due === 'none' ? step.due === null : step.overdue;
    });
  const meetings = [...new Set(listed.map((step) => step.meeting))];
  return {
    rows: listed.slice(0, limit).map(({ meeting, text, owner, due: on, position, overdue }) => ({
      key: `${meeting.id}/${position}`,
      cells: {
        few: false,
        step: text,
        state: overdue ? 'Overdue' : 'No due date',
        due: on,
        daysOverdue: on === null ? null : dayNumber(seen.today) - dayNumber(on),
        stepOwner: owner,
        meeting: meeting.title,
        date: meeting.day,
        owner: meeting.hostName ?? meeting.hostEmail,
        meetings: 1,
        meetingId: meeting.id,
        email: meeting.hostEmail,
      },
      behind: { meetings: [meeting] },
    })),
    totals: {
      key: '',
      cells: {
        few: false,
        step: `${listed.length} ${listed.length === 1 ? 'next step' : 'next steps'}`,
        steps: listed.length,
        overdue: listed.filter(({ overdue }) => overdue).length,
        undated: listed.filter((step) => step.due === null).length,
        meetings: meetings.length,
      },
      behind: { meetings },
    },
  };
}

type RecordType = 'deals' | 'companies';

interface SilentRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly meetings: readonly Meeting[];
  readonly last: string | null;
  readonly days: number | null;
}

export const silent =
  (type: RecordType) =>
  (seen: Seen): Expected => {
    const { days, limit } = seen.asked.options;
    const found = silentCandidates(type, seen)
      .map((record) => silentRecord(type, seen, record))
      .filter((one) => one.days === null || one.days >= days)
      .toSorted((a, b) => (b.days ?? Infinity) - (a.days ?? Infinity) || compare(a.id, b.id));
    return {
      rows: found.slice(0, limit).map((record) => ({
        key: record.id,
        cells: silentCells(type, seen, record),
        behind: { meetings: record.meetings },
      })),
      totals: {
        key: '',
        cells:
          type === 'deals'
            ? {
                few: false,
                deal: `${found.length} open ${found.length === 1 ? 'deal' : 'deals'}`,
                deals: found.length,
                neverMet: found.filter(({ meetings }) => meetings.length === 0).length,
                amount: amountsOf(found),
              }
            : {
                few: false,
                company: `${found.length} ${found.length === 1 ? 'company' : 'companies'}`,
                companies: found.length,
              },
        behind: {},
      },
    };
  };

const meetingsWith = (meetings: readonly Meeting[], type: RecordType, id: string) =>
  meetings.filter((meeting) => !meeting.skipped && meeting.linked.get(type)?.has(id) === true);

/** The records that can be silent: open deals or companies that match the filters. */
function silentCandidates(type: RecordType, seen: Seen): Raw['records'] {
  const { from, to, owner, pipeline, stage, company, object, industry, lifecycleStage, jobTitle } = seen.asked.filters;
  const both = [from, to, owner, object, industry, lifecycleStage, jobTitle];
  const narrowing = type === 'deals' ? [...both, company] : [...both, pipeline, stage];
  const narrowed = narrowing.some((filter) => filter !== undefined);
  return seen.raw.records.filter((record) => {
    if (record.portal_id !== seen.portalId || record.object_type !== type) return false;
    if (record.merged_into !== null || record.archived || record.properties === null) return false;
    const id = record.record_id;
    if (narrowed && meetingsWith(seen.scoped, type, id).length === 0) return false;
    if (type === 'companies') return company === undefined || id === seen.survivorOf('companies', company);
    const deal = seen.deal(id);
    return (
      deal.outcome === 'open' &&
      (pipeline === undefined || deal.pipelineId === pipeline) &&
      (stage === undefined || deal.stageId === stage)
    );
  });
}

function silentRecord(type: RecordType, seen: Seen, record: Raw['records'][number]): SilentRecord {
  const meetings = meetingsWith(seen.meetings, type, record.record_id);
  const last = lastTime(meetings)?.day ?? null;
  const created = Date.parse(timeText(record.properties?.['createdate']));
  const since = last ?? (Number.isNaN(created) ? null : seen.dayOf(new Date(created)));
  return {
    id: record.record_id,
    properties: record.properties ?? {},
    meetings,
    last,
    days: since === null ? null : dayNumber(seen.today) - dayNumber(since),
  };
}

function silentCells(type: RecordType, seen: Seen, { id, properties, meetings, last, days }: SilentRecord) {
  const own = seen.deal(id);
  const owner = seen.raw.owners.find(
    (one) => one.portal_id === seen.portalId && one.owner_id === properties['hubspot_owner_id'],
  );
  return {
    few: false,
    ...(type === 'deals'
      ? {
          deal: named('Deal', id, properties['dealname'] || null),
          pipeline: seen.labelOf('pipeline', own.pipeline),
          stage: seen.stageNameOf(own.stage),
          amount: amountOf(properties['amount']),
          currency: properties['deal_currency_code'] || null,
          pipelineId: own.pipelineId,
          stageId: own.stageId,
        }
      : {
          company: named('Company', id, properties['name'] || properties['domain'] || null),
          domain: properties['domain'] || null,
        }),
    owner: owner?.name ?? owner?.email ?? null,
    lastMeeting: last,
    daysSilent: days,
    meetings: meetings.length,
    objectType: type,
    recordId: id,
  };
}

export function coverage(seen: Seen): Expected {
  const all = seen.scoped;
  const rowOf = (key: string, linkedTo: string, meetings: readonly Meeting[]): ExpectedRow => ({
    key,
    cells: {
      few: false,
      linkedTo,
      meetings: meetings.length,
      share: all.length === 0 ? null : round((meetings.length / all.length) * 100),
    },
    behind: { meetings, share: meetings },
  });
  const withType = (fits: (type: string) => boolean) => all.filter(({ linkedTypes }) => [...linkedTypes].some(fits));
  const custom = [...new Set(all.flatMap(({ linkedTypes }) => [...linkedTypes]))]
    .filter((type) => type.startsWith('2-'))
    .map((type): [string, string] => {
      const known = seen.raw.types.find((one) => one.portal_id === seen.portalId && one.object_type === type);
      return [type, `Custom object: ${known?.plural ?? type}`];
    })
    .toSorted(([, a], [, b]) => compare(a, b));
  return {
    rows: [
      rowOf(
        'contacts',
        'A contact',
        withType((type) => type === 'contacts'),
      ),
      rowOf(
        'companies',
        'A company',
        withType((type) => type === 'companies'),
      ),
      rowOf(
        'deals',
        'A deal',
        withType((type) => type === 'deals'),
      ),
      rowOf(
        '(custom)',
        'A custom object',
        withType((type) => type.startsWith('2-')),
      ),
      ...custom.map(([type, label]) =>
        rowOf(
          type,
          label,
          withType((one) => one === type),
        ),
      ),
      rowOf(
        '(nothing)',
        'Nothing',
        all.filter(({ linkedTypes }) => linkedTypes.size === 0),
      ),
    ],
    totals: rowOf('', 'All meetings', all),
  };
}

export function unmatchedPeople(seen: Seen): Expected {
  const people = new Map<string, { name: string | null; email: string | null; meetings: Set<Meeting> }>();
  for (const meeting of seen.scoped)
    for (const { key, name, email } of meeting.unmatched) {
      const known = people.get(key) ?? { name: null, email, meetings: new Set<Meeting>() };
      const names = [known.name, name].flatMap((one) => one ?? []).toSorted(compare);
      people.set(key, { name: names.at(-1) ?? null, email, meetings: known.meetings.add(meeting) });
    }
  const lastOf = (meetings: ReadonlySet<Meeting>) => lastTime([...meetings]);
  const all = seen.scoped.filter(({ unmatched }) => unmatched.length > 0);
  return {
    rows: [...people]
      .toSorted(
        ([a, one], [b, other]) =>
          other.meetings.size - one.meetings.size ||
          (lastOf(other.meetings)?.startedAt.getTime() ?? 0) - (lastOf(one.meetings)?.startedAt.getTime() ?? 0) ||
          compare(a, b),
      )
      .slice(0, seen.asked.options.limit)
      .map(([key, { name, email, meetings }]) => ({
        key,
        cells: { few: false, name, email, meetings: meetings.size, lastMeeting: lastOf(meetings)?.day ?? null },
        behind: { meetings: [...meetings] },
      })),
    totals: {
      key: '',
      cells: {
        few: false,
        name: `${people.size} ${people.size === 1 ? 'person' : 'people'}`,
        people: people.size,
        meetings: all.length,
      },
      behind: { meetings: all },
    },
  };
}
