import { expect, test } from '@jest/globals';
import { Faults } from '../../../sandbox/http/faults';
import { planChaos } from '../../chaos/plan';

const servers = ['hubspot', 'postgres', 'temporal'] as const;

/** All decisions of a plan, as data. */
function decided(seed: number) {
  const { connections, ...plan } = planChaos(seed, 30);
  const tcp = servers.map((server) => Array.from({ length: 200 }, (_, connection) => connections[server](connection)));
  return { ...plan, tcp };
}

test('a seed reproduces its plan, and another seed gives another plan', () => {
  expect(decided(7)).toEqual(decided(7));
  expect(decided(7)).not.toEqual(decided(8));
});

test('the faults of a route do not depend on requests of other routes', () => {
  const fates = (others: number) => {
    const faults = new Faults(others);
    for (const fault of planChaos(7, 30).answers) faults.add(fault);
    const strike = (path: string) => faults.strike({ method: 'POST', path, portalId: 1 })?.kind ?? null;
    return Array.from({ length: 100 }, () => {
      for (let other = 0; other < others; other += 1) strike('/crm/objects/2026-03/contacts/batch/read');
      return strike('/crm/objects/2026-03/meetings/batch/create');
    });
  };
  const alone = fates(0);
  expect(fates(3)).toEqual(alone);
  expect(alone.filter((kind) => kind === 'apply-then-cut').length).toBeGreaterThan(15);
  expect(alone).toContain(null);
  expect(alone).toContain('rate-limit-429');
});
