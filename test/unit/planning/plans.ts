import { recordKey, type Link } from '../../../src/meeting/linking/cascade';
import { changedSettings, settingsSchema, type SettingsPatch } from '../../../src/meeting/settings';
import type { PlanInput } from '../../../src/planning/input';
import { planLinks } from '../../../src/planning/links';
import { planParticipants } from '../../../src/planning/participants';
import { example } from '../meeting/meetings';
import type { FakeCrm } from './crm';

const DAY = 24 * 3_600_000;
const accepted = new Date('2026-11-03T12:00:00Z');

/** A meeting with one participant, whose passes follow each other as syncs do. */
export class PlannedMeeting {
  input: PlanInput = {
    meeting: { ...example, participants: [{ email: 'marc@acme.example', name: 'Marc' }] },
    row: {
      body_hash: 'hash',
      link_basis: null,
      started_at: new Date(example.startedAt),
      accepted_at: accepted,
      posted_at: accepted,
      rewrite: false,
      unmatched: [],
      intake_warnings: [],
      pass_warnings: {},
      person_erased: false,
    },
    settings: settingsSchema.parse({}),
    requestedContacts: new Set(),
    choices: [],
    stored: [],
    now: accepted.getTime(),
  };

  constructor(readonly crm: FakeCrm) {}

  settings(patch: SettingsPatch): this {
    this.input = { ...this.input, settings: changedSettings(this.input.settings, patch) };
    return this;
  }

  choose(...choices: PlanInput['choices']): this {
    this.input = { ...this.input, choices: [...this.input.choices, ...choices] };
    return this;
  }

  emails(...emails: string[]): this {
    this.input = {
      ...this.input,
      meeting: { ...this.input.meeting, participants: emails.map((email) => ({ email })) },
    };
    return this;
  }

  after(days: number): this {
    this.input = { ...this.input, now: accepted.getTime() + days * DAY };
    return this;
  }

  /** A person asks for the next pass. */
  asked(rewrite: boolean): this {
    this.input = { ...this.input, row: { ...this.input.row, rewrite } };
    return this;
  }

  /** What a pass does to the database, on what it plans. */
  async pass() {
    const { roots, skip, unmatched, leftOut, toCreate } = await planParticipants(this.crm, this.input);
    const plan = skip === null ? await planLinks(this.crm, this.input, roots) : null;
    const links = plan?.links ?? [];
    this.input = {
      ...this.input,
      row: {
        ...this.input.row,
        link_basis: plan?.basis ?? this.input.row.link_basis,
        unmatched: [...unmatched],
      },
      stored: links.map((link) => ({ ...link, refused: null })),
    };
    const reasons = [...leftOut, ...(plan?.leftOut ?? [])].map(
      ({ rule, record, person }) => `${record === null ? (person?.email ?? person?.name) : recordKey(record)} ${rule}`,
    );
    const associations = (plan?.answered ?? []).flatMap(({ from, to }) =>
      to.map((one) => `${recordKey(from)}>${one.id}`),
    );
    return {
      links: links.map(textOf),
      leftOut: reasons,
      skip: skip?.code ?? null,
      toCreate: toCreate.length,
      /** What the plan stores in the mirror. */
      associations,
    };
  }

  async links(): Promise<string[]> {
    return (await this.pass()).links;
  }
}

function textOf({ via, from, ...record }: Link): string {
  return `${recordKey(record)} ${via}${from === null ? '' : ` from ${recordKey(from)}`}`;
}
