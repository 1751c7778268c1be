import { domainSpellings, hostOf } from '../meeting/domains';
import { batcher } from './batching';
import type { CrmRecord } from './batch-answers';
import { split, unique } from './objects';
import type { Portal } from './portal';
import { searchAll } from './search';

const PROPERTIES = ['name', 'domain', 'hs_additional_domains', 'hubspot_owner_id', 'createdate'];
/** One group of the five that a search may have finds main domains, the others one additional domain each. */
const DOMAINS_PER_SEARCH = 4;

/** Finds companies by domain. Several companies may share one: HubSpot does not deduplicate those made through the API. */
export class Companies {
  readonly #portal: Portal;
  readonly #bySpelling: (domain: string) => Promise<CrmRecord[]>;

  constructor(portal: Portal) {
    this.#portal = portal;
    this.#bySpelling = batcher(portal, {
      budget: 'search',
      maxBatchSize: DOMAINS_PER_SEARCH,
      send: (domains: readonly string[]) => this.#search(domains),
    });
  }

  /** All companies with this registrable domain among their domains, in either spelling; only a search finds them. */
  async byDomain(domain: string): Promise<CrmRecord[]> {
    const found = await Promise.all(domainSpellings(domain).map(this.#bySpelling));
    return [...new Map(found.flat().map((company) => [company.id, company])).values()];
  }

  async #search(domains: readonly string[]): Promise<CrmRecord[][]> {
    const wanted = unique(domains);
    const hits = await searchAll(this.#portal, 'companies', PROPERTIES, [
      [{ propertyName: 'domain', operator: 'IN', values: wanted }],
      ...wanted.map((value) => [{ propertyName: 'hs_additional_domains', operator: 'CONTAINS_TOKEN' as const, value }]),
    ]);
    return domains.map((domain) =>
      hits.filter((company) => !company.archived && domainsOf(company).includes(hostOf(domain))),
    );
  }
}

function domainsOf({ properties }: CrmRecord): (string | null)[] {
  return [properties['domain'] ?? '', ...split(properties['hs_additional_domains'])].map(hostOf);
}
