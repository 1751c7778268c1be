import type { ProcessedMeetingInput } from '../../src/meeting/intake/schema';

/** A typical posted meeting. @param changes - the fields that matter to the test */
export function meeting(changes: Partial<ProcessedMeetingInput> & { meetingId: string }): ProcessedMeetingInput {
  return {
    title: 'Acme <> Northwind: discovery call',
    startedAt: '2026-11-03T10:00:00+01:00',
    endedAt: '2026-11-03T10:42:11+01:00',
    language: 'en',
    recordingUrl: `https://app.northwind.example/meetings/${changes.meetingId}?a=1&b=2`,
    host: { email: 'ana.ruiz@northwind.example', name: 'Ana Ruiz' },
    participants: [
      { email: 'ana.ruiz@northwind.example', name: 'Ana Ruiz', internal: true },
      { email: 'Marc.Serra@acme.example', name: 'Marc Serra' },
    ],
    summary: {
      overview: 'Acme wants to replace its call reviews <before> Q1.',
      aiScore: { value: 82, max: 100, label: 'Good discovery' },
      topics: [{ title: 'Budget & timing', detail: '€40k approved.' }],
      nextSteps: [{ text: 'Send the security questionnaire', owner: 'Ana Ruiz', dueDate: '2026-11-06' }],
    },
    smartCategories: [
      {
        name: 'Objections',
        items: [
          {
            kind: 'note',
            text: 'Worried about "yet another tool".',
            startSeconds: 612,
            clipUrl: 'https://app.northwind.example/clips/c_881',
          },
        ],
      },
    ],
    ...changes,
  };
}
