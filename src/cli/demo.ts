import { readFileSync } from 'node:fs';
import type { MeetingSyncClient, ProcessedMeeting } from '../client';
import { EXAMPLE_MEETING } from '../http/plumbing/page-files';
import { exampleMeeting } from '../meeting/intake/example';
import { apiFor, reached, type ApiOptions } from './api';
import { outputFor } from './output';
import { counted } from './words';

const HOSTS = [
  { email: 'ana.ruiz@northwind.example', name: 'Ana Ruiz' },
  { email: 'tom.becker@northwind.example', name: 'Tom Becker' },
  { email: 'lucia.marin@northwind.example', name: 'Lucía Marín' },
] as const;
const GUESTS = [
  {
    company: 'Acme',
    people: [
      { email: 'marc.serra@acme.example', name: 'Marc Serra' },
      { email: 'laia.pons@acme.example', name: 'Laia Pons' },
    ],
  },
  {
    company: 'Bluewater',
    people: [
      { email: 'pieter.devries@bluewater.example', name: 'Pieter de Vries' },
      { email: 'anouk.jansen@bluewater.example', name: 'Anouk Jansen' },
    ],
  },
  {
    company: 'Cedar & Finch',
    people: [
      { email: 'olivia@cedarfinch.example', name: 'Olivia Finch' },
      { email: 'henry@cedarfinch.example', name: 'Henry Cedar' },
    ],
  },
  {
    company: 'Dorado',
    people: [
      { email: 'carmen.ruiz@dorado.example', name: 'Carmen Ruiz' },
      { email: 'pablo.navarro@dorado.example', name: 'Pablo Navarro' },
    ],
  },
  {
    company: 'Evergreen',
    people: [
      { email: 'lukas.weber@evergreen.example', name: 'Lukas Weber' },
      { email: 'sophie.braun@evergreen.example', name: 'Sophie Braun' },
    ],
  },
  {
    company: 'Fjord',
    people: [
      { email: 'ingrid.solberg@fjord.example', name: 'Ingrid Solberg' },
      { email: 'magnus.lie@fjord.example', name: 'Magnus Lie' },
    ],
  },
  {
    company: 'Granite',
    people: [
      { email: 'reto.keller@granite.example', name: 'Reto Keller' },
      { email: 'nadia.frei@granite.example', name: 'Nadia Frei' },
    ],
  },
  {
    company: 'Harbor Health',
    people: [
      { email: 'ines.carvalho@harborhealth.example', name: 'Inês Carvalho' },
      { email: 'tiago.lopes@harborhealth.example', name: 'Tiago Lopes' },
    ],
  },
  {
    company: 'Juniper',
    people: [
      { email: 'camille.dubois@juniper.example', name: 'Camille Dubois' },
      { email: 'hugo.lefevre@juniper.example', name: 'Hugo Lefèvre' },
    ],
  },
  {
    company: 'Tansy Studio',
    people: [
      { email: 'maya@tansy-studio.example', name: 'Maya Lind' },
      { email: 'leo@tansy-studio.example', name: 'Leo Lind' },
    ],
  },
] as const;
const KINDS = ['discovery call', 'demo', 'pricing', 'security review', 'next steps'] as const;
const TOPICS = [
  'Budget and timing',
  'Current process',
  'Data residency',
  'Onboarding',
  'Competitors',
  'Roll-out plan',
] as const;
const CATEGORIES = ['Objections', 'Buying signals', 'Decision process', 'Risks'] as const;
const DAY_MS = 24 * 3_600_000;

/** Invented meetings of the last ten weeks. They are the same every time, except that they end today. */
function demoMeetings(count: number, now: number): ProcessedMeeting[] {
  return Array.from({ length: count }, (_, index) => demoMeeting(index, now));
}

function demoMeeting(index: number, now: number): ProcessedMeeting {
  const { company, people } = at(GUESTS, index);
  const host = at(HOSTS, index);
  const kind = at(KINDS, Math.floor(index / GUESTS.length));
  const meetingId = `demo-${index + 1}`;
  const startedAt = now - ((index * 41) % 70) * DAY_MS - 3_600_000 * (2 + (index % 6));
  const link = (part: string) => `https://app.northwind.example/meetings/${meetingId}${part}`;
  const pick = (list: readonly string[], step: number) => at(list, index * step + step);
  const dueDate = new Date(startedAt + (3 + (index % 20)) * DAY_MS).toISOString().slice(0, 10);
  return {
    meetingId,
    title: `${company} <> Northwind: ${kind}`,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(startedAt + (25 + (index % 5) * 8) * 60_000).toISOString(),
    language: 'en',
    recordingUrl: link(''),
    host,
    participants: [{ ...host, internal: true }, ...people.slice(0, 1 + (index % 2))],
    summary: {
      overview: `${company} and Northwind discussed ${pick(TOPICS, 3).toLowerCase()}.`,
      ...(index % 9 === 8 ? {} : { aiScore: { value: 45 + ((index * 37) % 50), max: 100 } }),
      topics: [...new Set([pick(TOPICS, 3), pick(TOPICS, 5)])].map((title) => ({ title })),
      nextSteps: [
        { text: `Send ${company} the offer`, owner: host.name, dueDate },
        ...(index % 3 === 0 ? [{ text: 'Find out who signs' }] : []),
      ],
    },
    smartCategories: [...new Set([pick(CATEGORIES, 3), pick(CATEGORIES, 1)])].map((name, place) => ({
      name,
      items: [
        {
          kind: 'clip',
          text: `The discussion of ${name.toLowerCase()}`,
          startSeconds: 60 * (place + 3),
          clipUrl: link(`/clips/${place}`),
        },
      ],
    })),
  };
}

/** An item of a list, beginning again at its end. */
function at<Item>(list: readonly Item[], index: number): Item {
  const item = list[index % list.length];
  if (item === undefined) throw new RangeError('The list is empty');
  return item;
}

/** Posts made-up meetings in the order of their start. @returns their ids */
async function postDemoMeetings(api: MeetingSyncClient, count: number): Promise<string[]> {
  const meetings = demoMeetings(count, Date.now()).toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  // oxlint-disable-next-line no-await-in-loop -- in order
  for (const meeting of meetings) await reached(api.startSync(meeting));
  return meetings.map(({ meetingId }) => meetingId);
}

/** `demo`: posts the example meeting and made-up ones. */
export async function postDemo(options: ApiOptions & { readonly count: string }): Promise<void> {
  const count = Number(options.count);
  if (!Number.isInteger(count) || count < 0 || count > 1_000)
    throw new Error('--count must be a whole number from 0 to 1,000.');
  const api = apiFor(options);
  const example = exampleMeeting(JSON.parse(readFileSync(EXAMPLE_MEETING, 'utf8')), new Date());
  const { meetingId } = await reached(api.call<{ meetingId: string }>('POST', '/api/v1/meetings', example));
  const ids = [meetingId, ...(await postDemoMeetings(api, count))];
  outputFor(options).result(
    { meetings: ids },
    `${counted(ids.length, 'meeting')} posted. If they wait for a connection: hubspot-meeting-sync connect. To see them: hubspot-meeting-sync open`,
  );
}
