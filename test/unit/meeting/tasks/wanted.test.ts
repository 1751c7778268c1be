import { expect, test } from '@jest/globals';
import { settingsSchema } from '../../../../src/meeting/settings';
import { wantsTask, type CreateTasks } from '../../../../src/meeting/tasks/wanted';

const meeting = {
  host: { email: 'ana@northwind.example' },
  participants: [{ email: 'Freelance@gmail.com', internal: true }, { email: 'marc@acme.example' }],
};

test.each<[CreateTasks, string | undefined, boolean]>([
  ['off', 'ana@northwind.example', false],
  ['all', undefined, true],
  ['all', 'marc@acme.example', true],
  ['internal', undefined, false],
  ['internal', 'ANA@Northwind.example', true],
  ['internal', 'pol@sales.northwind.example', true],
  ['internal', 'freelance@gmail.com', true],
  ['internal', 'pol@own.example', true],
  ['internal', 'marc@acme.example', false],
  ['internal', 'other@gmail.com', false],
])('%s wants a task of %s: %s', (createTasks, ownerEmail, wanted) => {
  const settings = settingsSchema.parse({ createTasks, ownDomains: ['own.example'] });
  expect(wantsTask({ ownerEmail }, meeting, settings)).toBe(wanted);
});
