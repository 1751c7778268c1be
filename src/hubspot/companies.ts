import { domainSpellings, hostOf } from '../meeting/people/domains';
import type { CrmRecord } from './client/batch-answers';
import { Lookup, type SearchForms } from './search/lookup';
import { split } from './objects';
import type { Portal } from './client/portal';
import type { Asker } from './search/search-queue';

/**
 * Finds companies by domain. Several companies may share one, because HubSpot does not deduplicate companies created
 * through the API.
 */
export class Companies {
  readonly #lookup: Lookup;

  constructor(portal: Portal, forms: SearchForms) {
    this.#lookup = new Lookup(portal, forms, {
      objectType: 'companies',
      properties: ['name', 'domain', 'hs_additional_domains', 'hubspot_owner_id', 'createdate'],
      main: 'domain',
      additional: 'hs_additional_domains',
      harmless: 'example.com',
      spellings: domainSpellings,
    });
  }

  /**
   * Finds all companies with this registrable domain among their domains, in either spelling. Only a search can find
   * them.
   */
  async byDomain(domain: string, asker: Asker): Promise<CrmRecord[]> {
    return (await this.#lookup.hits(domain, asker)).filter((company) => hasDomain(company, domain));
  }
}

/** Whether a live company has the domain, as its main or an additional one. */
export function hasDomain({ archived, properties }: CrmRecord, domain: string): boolean {
  const domains = [properties['domain'] ?? '', ...split(properties['hs_additional_domains'])];
  return !archived && domains.map(hostOf).includes(hostOf(domain));
}
