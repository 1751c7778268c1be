import type { Sandbox } from '../../sandbox/sandbox';
import type { FieldMapping } from '../../src/meeting/fields/mapping';
import type { ProcessedMeetingInput } from '../../src/meeting/intake/schema';
import { meeting } from '../support/meetings';
import { generator } from './plan';

/** Part of every meeting's text. It must never appear in a log or in Temporal. */
export const CONFIDENTIAL = 'confidential-overview';

/** The values that every meeting has for its contacts and deals. */
export const MAPPINGS: FieldMapping[] = [
  { field: 'role', objectType: 'contacts', property: 'jobtitle', policy: 'ours' },
  { field: 'stage', objectType: 'deals', property: 'description', policy: 'ours' },
];

/** Contacts with companies and deals, and meetings with some of them, generated from the seed. */
export class World {
  readonly #sandbox: Sandbox;
  readonly #random: () => number;
  readonly #people: number;
  /** The latest version of each meeting. */
  readonly #meetings: ProcessedMeetingInput[];

  constructor(sandbox: Sandbox, seed: number, meetings: number) {
    this.#sandbox = sandbox;
    this.#random = generator(seed, 'world');
    this.#people = Math.max(6, Math.ceil(meetings / 2));
    this.#fillCrm();
    this.#meetings = Array.from({ length: meetings }, (_, index) => this.#draw(index));
  }

  get meetings(): readonly ProcessedMeetingInput[] {
    return this.#meetings;
  }

  /** Generates another version of a meeting: another text, sometimes other people, another start, other steps or no notes. */
  change(index: number): ProcessedMeetingInput {
    const changed = this.#draw(index);
    this.#meetings[index] = changed;
    return changed;
  }

  /** Checks everything in HubSpot. */
  errors(): string[] {
    return [...this.#meetings.flatMap((posted) => this.#errorsOf(posted)), ...this.#valueErrors(), ...this.#strays()];
  }

  /**
   * Checks a meeting's activities and tasks in HubSpot.
   *
   * @returns the errors; none if each exists exactly once, in the latest version, with exactly its associations
   */
  #errorsOf(posted: ProcessedMeetingInput): string[] {
    const wanted = this.#wanted(posted);
    const hasNotes = (posted.smartCategories ?? []).length > 0;
    return [
      ...this.#activityErrors(posted, 'meetings', 1, wanted),
      ...this.#activityErrors(posted, 'notes', hasNotes ? 1 : 0, wanted),
      ...this.#activityErrors(posted, 'tasks', stepsOf(posted).length, wanted),
      ...this.#titleErrors(posted),
      ...this.#stepErrors(posted),
    ];
  }

  /** Checks the values of all records: each is that of the newest meeting that is linked and has one. */
  #valueErrors(): string[] {
    // Of meetings that began at the same time, the first id counts.
    const order = (one: ProcessedMeetingInput, other: ProcessedMeetingInput) =>
      Date.parse(other.startedAt) - Date.parse(one.startedAt) || (one.meetingId < other.meetingId ? -1 : 1);
    const newest = this.#meetings.map((posted) => ({ posted, wanted: this.#wanted(posted) }));
    newest.sort((one, other) => order(one.posted, other.posted));
    return MAPPINGS.flatMap(({ objectType, property, field }) =>
      this.#sandbox.crm.list(objectType).flatMap(({ id, properties }) => {
        const due = newest
          .filter(({ wanted }) => wanted.includes(`${objectType}/${id}`))
          .flatMap(({ posted }) => posted.fields?.find((each) => each?.key === field)?.value ?? [])[0];
        const value = properties[property] ?? '';
        return value === (due ?? '') ? [] : [`${objectType}/${id} has "${value}", not "${String(due)}"`];
      }),
    );
  }

  /** Our activities in HubSpot that belong to no meeting. */
  #strays(): string[] {
    return (['meetings', 'notes', 'tasks'] as const).flatMap((objectType) =>
      this.#sandbox.crm
        .list(objectType)
        .filter(({ properties }) => !this.#meetings.some((posted) => saysMeeting(properties, posted.meetingId)))
        .map(({ id }) => `${objectType} ${id} belongs to no meeting`),
    );
  }

  #activityErrors(
    posted: ProcessedMeetingInput,
    objectType: 'meetings' | 'notes' | 'tasks',
    due: number,
    wanted: string[],
  ): string[] {
    const { crm } = this.#sandbox;
    const mine = crm.list(objectType).filter(({ properties }) => saysMeeting(properties, posted.meetingId));
    if (mine.length !== due) return [`${posted.meetingId}: ${mine.length} ${objectType}, not ${due}`];
    return mine.flatMap(({ id }) => {
      const existing = ['contacts', 'companies', 'deals'].flatMap((type) =>
        crm.associations(objectType, id, type).map((end) => `${type}/${end.id}`),
      );
      const missing = wanted.filter((record) => !existing.includes(record));
      const surplus = existing.filter((record) => !wanted.includes(record));
      return [
        ...missing.map((record) => `${posted.meetingId}: its ${objectType} lacks ${record}`),
        ...surplus.map((record) => `${posted.meetingId}: its ${objectType} is also associated with ${record}`),
      ];
    });
  }

  #titleErrors(posted: ProcessedMeetingInput): string[] {
    const mine = this.#sandbox.crm.list('meetings').find(({ properties }) => saysMeeting(properties, posted.meetingId));
    const title = mine?.properties['hs_meeting_title'];
    return title === posted.title ? [] : [`${posted.meetingId}: is called "${title}", not "${posted.title}"`];
  }

  #stepErrors(posted: ProcessedMeetingInput): string[] {
    const tasks = this.#sandbox.crm.list('tasks').filter(({ properties }) => saysMeeting(properties, posted.meetingId));
    const subjects = tasks.map(({ properties }) => properties['hs_task_subject'] ?? '').toSorted();
    const due = stepsOf(posted).toSorted();
    return JSON.stringify(subjects) === JSON.stringify(due)
      ? []
      : [`${posted.meetingId}: its tasks are ${subjects.join(', ')}, not ${due.join(', ')}`];
  }

  /** The cascade rule in its simplest form, independent of the product's code. */
  #wanted(posted: ProcessedMeetingInput): string[] {
    const { crm } = this.#sandbox;
    const ends = (type: string, id: string, to: string) => crm.associations(type, id, to).map((end) => end.id);
    const emails = (posted.participants ?? []).flatMap((person) => person?.email ?? []);
    const contacts = crm.list('contacts').filter(({ properties }) => emails.includes(properties['email'] ?? ''));
    const known = contacts.map(({ properties }) => properties['email'] ?? '');
    const domains = emails
      .filter((email) => !known.includes(email))
      .map((email) => email.slice(email.indexOf('@') + 1));
    const companies = [
      ...crm
        .list('companies')
        .flatMap(({ id, properties }) => (domains.includes(properties['domain'] ?? '') ? [id] : [])),
      ...contacts.flatMap(({ id }) => ends('contacts', id, 'companies')),
    ];
    const deals = [
      ...contacts.flatMap(({ id }) => ends('contacts', id, 'deals')),
      ...companies.flatMap((id) => ends('companies', id, 'deals')),
    ];
    return [
      ...new Set([
        ...contacts.map(({ id }) => `contacts/${id}`),
        ...companies.map((id) => `companies/${id}`),
        ...deals.map((id) => `deals/${id}`),
      ]),
    ];
  }

  #fillCrm(): void {
    const { crm } = this.#sandbox;
    const companies = Array.from({ length: Math.ceil(this.#people / 3) }, (_, index) =>
      crm.create('companies', { name: `Company ${index}`, domain: `company${index}.example` }),
    );
    const deals = Array.from({ length: this.#people }, (_, index) =>
      crm.create('deals', { dealname: `Deal ${index}` }),
    );
    for (let index = 0; index < this.#people; index += 1) {
      const company = companies[index % companies.length];
      const contact = crm.create('contacts', { email: emailOf(index) });
      if (company !== undefined && this.#chance(0.8)) {
        crm.associate('contacts', contact.id, 'companies', company.id);
      }
      for (const deal of deals) {
        if (this.#chance(2 / deals.length)) crm.associate('contacts', contact.id, 'deals', deal.id);
        if (company !== undefined && this.#chance(1 / deals.length)) {
          crm.associate('companies', company.id, 'deals', deal.id);
        }
      }
    }
  }

  #draw(index: number): ProcessedMeetingInput {
    const meetingId = `chaos-${index}`;
    const guests = [index, ...(this.#chance(0.5) ? [this.#upTo(this.#people)] : [])].map((person) => ({
      email: emailOf(person % this.#people),
    }));
    const unknown = this.#chance(0.2) ? [{ email: `unknown${this.#upTo(99)}@company0.example` }] : [];
    const stranger = this.#chance(0.1) ? [{ email: 'stranger@gmail.com' }] : [];
    const hour = this.#chance(0.2) ? '11' : '10';
    return meeting({
      meetingId,
      title: `Meeting ${index}, version ${this.#upTo(1e9)}`,
      startedAt: `2026-11-03T${hour}:00:00+01:00`,
      endedAt: `2026-11-03T${hour}:42:11+01:00`,
      participants: [
        { email: 'ana.ruiz@northwind.example', internal: true },
        ...new Map([...guests, ...unknown, ...stranger].map((guest) => [guest.email, guest])).values(),
      ],
      summary: {
        overview: `${CONFIDENTIAL} ${this.#upTo(1e9)}`,
        topics: [],
        nextSteps: [
          ...['a', 'b'].flatMap((id) =>
            this.#chance(0.7) ? [{ id, text: `${CONFIDENTIAL} step ${this.#upTo(1e9)}` }] : [],
          ),
          ...(this.#chance(0.5) ? [{ text: `${CONFIDENTIAL} step without id` }] : []),
        ],
      },
      fields: ['role', 'stage'].flatMap((key) =>
        this.#chance(0.8) ? [{ key, value: `${CONFIDENTIAL} ${key} ${this.#upTo(1e9)}` }] : [],
      ),
      ...(this.#chance(0.15) ? { smartCategories: [] } : {}),
    });
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #upTo(bound: number): number {
    return Math.floor(this.#random() * bound);
  }
}

function emailOf(person: number): string {
  return `person${person}@people.example`;
}

function saysMeeting(properties: Readonly<Record<string, unknown>>, meetingId: string): boolean {
  return JSON.stringify(properties).includes(`/meetings/${meetingId}?`);
}

function stepsOf({ summary }: ProcessedMeetingInput): string[] {
  return (summary?.nextSteps ?? []).flatMap((step) => step?.text ?? []);
}
