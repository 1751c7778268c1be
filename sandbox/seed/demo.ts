import type { ControlRecord, CrmControl } from '../control/crm-control';
import type { PortalsControl } from '../control/portals-control';
import type { SandboxOwner, SandboxPipeline } from '../crm/catalogue';
import type { SandboxCrm } from '../crm/crm';
import { customType } from '../crm/object-types';
import type { PropertyDefinition } from '../crm/property-definitions';
import { defaultGroup } from '../crm/properties';
import { addSchema } from '../http/schemas';
import { COMPANIES, CONTACTS, DEALS } from './people';

const RENEWALS: SandboxPipeline = {
  id: '68423105',
  label: 'Renewals',
  displayOrder: 1,
  stages: [
    { id: 'renewal_due', label: 'Due', displayOrder: 0, isClosed: false, probability: '0.5' },
    { id: 'renewal_talks', label: 'In talks', displayOrder: 1, isClosed: false, probability: '0.7' },
    { id: 'renewal_won', label: 'Renewed', displayOrder: 2, isClosed: true, probability: '1.0' },
    { id: 'renewal_lost', label: 'Cancelled', displayOrder: 3, isClosed: true, probability: '0.0' },
  ],
};

const PRIMARY_CONTACT_COMPANY = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 };
const PRIMARY_DEAL_COMPANY = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 5 };

/** The account that is seeded, and its owners. */
interface Account {
  control: CrmControl;
  portalId: number;
  owners: SandboxOwner[];
}

/** One record of each type: the customer with activities and a custom object. */
interface Customer {
  contact: string;
  company: string;
  deal: string;
}

/** Seeds a sales team's account with its customers, and a small account without custom objects. */
export function seedDemo(crm: SandboxCrm, portals: PortalsControl, control: CrmControl, portalId: number): void {
  portals.create({ id: portalId, name: 'Northwind Sales', hubDomain: 'northwind.example', timeZone: 'Europe/Madrid' });
  crm.catalogue.savePipeline(portalId, '0-3', RENEWALS);
  const account: Account = { control, portalId, owners: seedOwners(portals, portalId) };
  const companies = seedCompanies(account);
  const contacts = seedContacts(account, companies);
  const deals = seedDeals(account, companies, contacts);
  const customer: Customer = { contact: at(contacts, 0), company: at(companies, 0), deal: at(deals, 0) };
  seedActivities(account, customer);
  seedCustomObjects(crm, account, customer);
  portals.create({
    id: 4815199,
    name: 'Northwind Starter',
    hubDomain: 'starter.northwind.example',
    customObjects: false,
  });
}

function seedCompanies({ control, portalId, owners }: Account): ControlRecord[] {
  return COMPANIES.map(([name, domain, additional, city, country, industry, employees], index) =>
    control.create(
      'companies',
      compact({
        name,
        domain,
        hs_additional_domains: additional,
        city,
        country,
        industry,
        numberofemployees: employees,
        hubspot_owner_id: ownerOf(owners, index),
      }),
      { portalId },
    ),
  );
}

function seedContacts({ control, portalId, owners }: Account, companies: ControlRecord[]): ControlRecord[] {
  const contacts = CONTACTS.map(([firstname, lastname, email, additional, jobtitle, phone], index) =>
    control.create(
      'contacts',
      compact({
        firstname,
        lastname,
        email,
        hs_additional_emails: additional,
        jobtitle,
        phone,
        hubspot_owner_id: ownerOf(owners, index),
      }),
      { portalId },
    ),
  );
  CONTACTS.forEach(([, , , , , , numbers], index) => {
    numbers.forEach((number, position) => {
      const types = position === 0 ? { types: [PRIMARY_CONTACT_COMPANY] } : {};
      control.associate('contacts', at(contacts, index), 'companies', at(companies, number), { portalId, ...types });
    });
  });
  return contacts;
}

function seedDeals(
  { control, portalId, owners }: Account,
  companies: ControlRecord[],
  contacts: ControlRecord[],
): ControlRecord[] {
  return DEALS.map(([dealname, amount, dealstage, closedate, company, people], index) => {
    const pipeline = dealstage.startsWith('renewal') ? RENEWALS.id : 'default';
    const values = { dealname, amount, dealstage, pipeline, closedate, hubspot_owner_id: ownerOf(owners, index) };
    const deal = control.create('deals', values, { portalId });
    const types = { types: [PRIMARY_DEAL_COMPANY] };
    control.associate('deals', deal.id, 'companies', at(companies, company), { portalId, ...types });
    for (const number of people) control.associate('deals', deal.id, 'contacts', at(contacts, number), { portalId });
    return deal;
  });
}

function seedOwners(portals: PortalsControl, portalId: number): SandboxOwner[] {
  const people = [
    ['ana.ruiz@northwind.example', 'Ana', 'Ruiz'],
    ['tom.becker@northwind.example', 'Tom', 'Becker'],
    ['lucia.marin@northwind.example', 'Lucía', 'Marín'],
  ] as const;
  const owners = people.map(([email, firstName, lastName]) =>
    portals.addOwner(portalId, { email, firstName, lastName }),
  );
  portals.addOwner(portalId, {
    email: 'former.seller@northwind.example',
    firstName: 'Former',
    lastName: 'Seller',
    archived: true,
  });
  return owners;
}

function seedActivities({ control, portalId, owners }: Account, on: Customer): void {
  const links = (contact: number, company: number, deal: number) => [
    { to: { id: on.contact }, types: hubspot(contact) },
    { to: { id: on.company }, types: hubspot(company) },
    { to: { id: on.deal }, types: hubspot(deal) },
  ];
  control.create(
    'meetings',
    {
      hs_timestamp: '2026-10-14T09:00:00Z',
      hs_meeting_title: 'Acme: first conversation',
      hs_meeting_body:
        '<p>Met at the sales leaders’ breakfast. They review <strong>3 %</strong> of their calls by hand.</p>',
      hs_meeting_start_time: '2026-10-14T09:00:00Z',
      hs_meeting_end_time: '2026-10-14T09:30:00Z',
      hs_meeting_outcome: 'COMPLETED',
      hubspot_owner_id: ownerOf(owners, 0),
    },
    { portalId, associations: links(200, 188, 212) },
  );
  control.create(
    'notes',
    {
      hs_timestamp: '2026-10-14T10:05:00Z',
      hs_note_body:
        '<p>Budget is decided by Marc, contracts by Núria.</p><ul><li>Wants EU hosting</li><li>Security review first</li></ul>',
      hubspot_owner_id: ownerOf(owners, 0),
    },
    { portalId, associations: links(202, 190, 214) },
  );
  control.create(
    'calls',
    {
      hs_timestamp: '2026-10-21T15:20:00Z',
      hs_call_title: 'Scheduling the discovery call',
      hs_call_body: '<p>Agreed on 3 November, 10:00.</p>',
      hs_call_duration: '240000',
      hs_call_direction: 'OUTBOUND',
      hs_call_status: 'COMPLETED',
      hubspot_owner_id: ownerOf(owners, 0),
    },
    { portalId, associations: links(194, 182, 206) },
  );
}

function seedCustomObjects(crm: SandboxCrm, { control, portalId }: Account, on: Customer): void {
  const schema = addSchema(
    crm,
    portalId,
    {
      name: 'onboarding_project',
      labels: { singular: 'Onboarding project', plural: 'Onboarding projects' },
      primaryDisplayProperty: 'project_name',
      secondaryDisplayProperties: ['go_live'],
      requiredProperties: ['project_name'],
      searchableProperties: ['project_name'],
    },
    ['0-1', '0-2', '0-3'],
  );
  const type = customType(schema);
  for (const property of customProperties(defaultGroup(type))) crm.properties.save(portalId, type, property);
  // A label is first in the list of a pair's types, so that a caller that picks the first type blindly fails.
  crm.associationTypes.define(portalId, {
    fromType: schema.typeId,
    toType: '0-1',
    label: 'Project lead',
    inverseLabel: 'Leads project',
    name: 'project_lead',
  });
  const project = control.create(schema.typeId, { project_name: 'Acme go-live', go_live: '2027-02-01' }, { portalId });
  control.create(schema.typeId, { project_name: 'Fjord go-live', go_live: '2026-05-04' }, { portalId });
  control.associate(schema.typeId, project.id, 'companies', on.company, { portalId });
  control.associate(schema.typeId, project.id, 'deals', on.deal, { portalId });
  control.associate(schema.typeId, project.id, 'contacts', on.contact, { portalId });
}

function customProperties(groupName: string): PropertyDefinition[] {
  const base = {
    description: '',
    groupName,
    options: [],
    readOnly: false,
    calculated: false,
    hasUniqueValue: false,
    external: null,
    hubspotDefined: false,
    displayOrder: -1,
    createdAt: Date.now(),
    updatedAt: Date.now(),
  };
  return [
    { ...base, name: 'project_name', label: 'Project name', type: 'string', fieldType: 'text' },
    { ...base, name: 'go_live', label: 'Go-live date', type: 'date', fieldType: 'date' },
  ];
}

function ownerOf(owners: SandboxOwner[], index: number): string {
  return owners[index % owners.length]?.id ?? '';
}

function at(records: ControlRecord[], index: number): string {
  const found = records[index];
  if (found === undefined) throw new RangeError(`The seed has no record number ${index}`);
  return found.id;
}

function compact(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

function hubspot(associationTypeId: number) {
  return [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId }];
}
