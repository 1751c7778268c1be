// Posts invented meetings with people of the sandbox's demo account, for screenshots and for trying the product out:
//
//   npm start                     and in another shell
//   npm run demo-meetings
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOSTS = [
  { email: 'ana.ruiz@northwind.example', name: 'Ana Ruiz' },
  { email: 'tom.becker@northwind.example', name: 'Tom Becker' },
  { email: 'lucia.marin@northwind.example', name: 'Lucía Marín' },
];
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
];
const KINDS = ['discovery call', 'demo', 'pricing', 'security review', 'next steps'];
const TOPICS = ['Budget and timing', 'Current process', 'Data residency', 'Onboarding', 'Competitors', 'Roll-out plan'];
const CATEGORIES = ['Objections', 'Buying signals', 'Decision process', 'Risks'];
const DAY_MS = 24 * 3_600_000;

/** Invented meetings of the last ten weeks. They are the same every time, except that they end today. */
export function demoMeetings(count = 40, now = Date.now()) {
  return Array.from({ length: count }, (_, index) => demoMeeting(index, now));
}

function demoMeeting(index, now) {
  const { company, people } = GUESTS[index % GUESTS.length];
  const host = HOSTS[index % HOSTS.length];
  const kind = KINDS[Math.floor(index / GUESTS.length) % KINDS.length];
  const meetingId = `demo-${index + 1}`;
  const startedAt = now - ((index * 41) % 70) * DAY_MS - 3_600_000 * (2 + (index % 6));
  const link = (part) => `https://app.northwind.example/meetings/${meetingId}${part}`;
  const pick = (list, step) => list[(index * step + step) % list.length];
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

/** Posts the meetings to a running product in the order of their start. */
export async function postDemoMeetings({ url, apiKey }) {
  const meetings = demoMeetings().toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  for (const meeting of meetings) {
    const response = await fetch(`${url}/api/v1/meetings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(meeting),
    });
    if (!response.ok) throw new Error(`${meeting.meetingId}: ${response.status} ${await response.text()}`);
  }
  return meetings.map(({ meetingId }) => meetingId);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const running = join(process.env.DATA_DIR ?? '.data', 'running.json');
  const ids = await postDemoMeetings(JSON.parse(readFileSync(running, 'utf8')));
  console.log(
    `${ids.length} meetings posted. If they wait for a connection, connect HubSpot. Then open /meetings and /analytics.`,
  );
}
