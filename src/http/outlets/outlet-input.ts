import { z } from 'zod';
import { LANGUAGES } from '../../languages/language';
import { NOTICE_EVENTS } from '../../meeting/notices/events';
import { OUTLET_KINDS, OUTLET_STATES } from '../../meeting/notices/outlet';
import { visibleName } from '../people-input';

const WHEN = ['at_once', 'daily'] as const;
const codes = [...LANGUAGES.keys()];

const notEvents = { error: 'must be a list of at least one event' };
const choices = {
  name: visibleName.meta({ description: 'How people call it', example: 'Pipeline' }),
  address: z
    .string({ error: 'must be a text' })
    .trim()
    .min(1, 'must not be empty')
    .max(2_600, 'must have at most 2,600 characters')
    .meta({
      description:
        'The URL of a webhook or of an incoming webhook of Slack, or up to ten e-mail addresses, separated by commas',
      example: 'https://pipeline.example/hooks/meetings',
    }),
  events: z
    .array(z.enum(NOTICE_EVENTS, { error: `must be one of ${NOTICE_EVENTS.join(', ')}` }), notEvents)
    .min(1, notEvents)
    .transform((events) => NOTICE_EVENTS.filter((event) => events.includes(event)))
    .meta({ description: 'The events that it gets', example: ['meeting.synced', 'meeting.links_changed'] }),
  when: z.enum(WHEN, { error: 'must be at_once or daily' }).meta({
    description:
      "`daily`: one digest a day, at eight o'clock in the account's time zone, and none when nothing happened. Not for webhooks",
    example: 'at_once',
  }),
  includesText: z.boolean({ error: 'must be true or false' }).meta({
    description: 'Whether it gets the titles of meetings and the sentences of reasons',
    example: false,
  }),
  language: z
    .enum(codes, { error: `must be one of ${codes.join(', ')}` })
    .meta({ description: 'The language of messages to people', example: 'en' }),
} as const;

/** A new outlet. */
export const outletInput = z
  .strictObject(
    {
      kind: z
        .enum(OUTLET_KINDS, { error: `must be one of ${OUTLET_KINDS.join(', ')}` })
        .meta({ description: 'Where notices go. It does not change', example: 'webhook' }),
      name: choices.name,
      address: choices.address,
      events: choices.events,
      when: choices.when.default('at_once'),
      includesText: choices.includesText.default(false),
      language: choices.language.default('en'),
    },
    { error: 'must be an object with kind, name, address and events' },
  )
  .meta({ id: 'NewOutlet' });
export type OutletInput = z.output<typeof outletInput>;

/** A change of an outlet. Absent fields keep their values. */
export const outletChange = z
  .strictObject(
    {
      name: choices.name.optional(),
      address: choices.address.optional(),
      events: choices.events.optional(),
      when: choices.when.optional(),
      includesText: choices.includesText.optional(),
      language: choices.language.optional(),
      state: z.enum(OUTLET_STATES, { error: 'must be on or off' }).optional().meta({
        description: '`on`: it gets what happens from now on. `off`: what waits is not delivered',
        example: 'on',
      }),
    },
    { error: 'must be an object such as {"state": "on"}' },
  )
  .meta({ id: 'OutletChange' });
export type OutletChange = z.output<typeof outletChange>;
