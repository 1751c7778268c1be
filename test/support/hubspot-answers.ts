import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** The shape of one answer of HubSpot, as a public source shows it. */
const answerShape = z.object({
  id: z.string(),
  what: z.string(),
  /** Where the whole answer can be read. */
  source: z.url(),
  status: z.number(),
  /** Whether the source shows the status. Without it, the status is what the documentation names. */
  statusSeen: z.boolean(),
  /** Names of HubSpot's own headers; null if the source shows none. */
  headers: z.array(z.string()).nullable(),
  /** Every text is "…" and every number 0; a list has only its first entry. Codes of a refusal are as HubSpot sent them. */
  body: z.unknown(),
});
export type HubSpotAnswer = z.infer<typeof answerShape>;

/** Answers of HubSpot from public sources, without their contents, for checks of the client and of the sandbox. */
export const hubspotAnswers: readonly HubSpotAnswer[] = readFileSync(
  path.resolve(__dirname, '../fixtures/hubspot-answers.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => answerShape.parse(JSON.parse(line)));
