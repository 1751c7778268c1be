import { z } from 'zod';
import type { SandboxDatabase, Row } from '../store/database';
import { integerIn, textIn } from '../store/database';
import { STANDARD_TYPES, customType } from './object-types';
import type { CustomSchema, SandboxObjectType } from './object-types';

const portalDetails = z.object({
  name: z.string(),
  hubDomain: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  accountType: z.enum(['STANDARD', 'DEVELOPER_TEST', 'SANDBOX', 'APP_DEVELOPER']),
  dataHostingLocation: z.string(),
  /** The newest grant before the account moved to another data centre. Its tokens and older ones get a 488. */
  movedAfterGrant: z.number().optional(),
  /** Host of the account's pages; the sandbox's own unless a move named another. */
  uiDomain: z.string().optional(),
  /** Enterprise accounts have custom objects. The others never grant their scopes. */
  customObjects: z.boolean(),
});

/** A HubSpot account. */
export type SandboxPortal = z.infer<typeof portalDetails> & { id: number };

export interface User {
  portalId: number;
  id: number;
  email: string;
  name: string;
  /** Super Admins and users with App Marketplace Access may install. The others see an error page. */
  mayInstall: boolean;
}

export interface SandboxOwner {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  userId: number;
  archived: boolean;
  createdAt: number;
  updatedAt: number;
}

const pipelineDetails = z.object({
  id: z.string(),
  label: z.string(),
  displayOrder: z.number(),
  stages: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      displayOrder: z.number(),
      isClosed: z.boolean(),
      probability: z.string().nullable(),
    }),
  ),
});

export type SandboxPipeline = z.infer<typeof pipelineDetails>;
export type SandboxStage = SandboxPipeline['stages'][number];

const schemaDetails = z.object({
  id: z.string(),
  typeId: z.string(),
  name: z.string(),
  fullyQualifiedName: z.string(),
  labels: z.object({ singular: z.string(), plural: z.string() }),
  primaryDisplayProperty: z.string(),
  secondaryDisplayProperties: z.array(z.string()),
  requiredProperties: z.array(z.string()),
  searchableProperties: z.array(z.string()),
  createdAt: z.number(),
  updatedAt: z.number(),
});

/** The data around a portal's records: users, owners, pipelines, and the schemas of custom objects. */
export class SandboxCatalogue {
  constructor(private readonly database: SandboxDatabase) {}

  portals(): SandboxPortal[] {
    return this.database.all('SELECT * FROM portals ORDER BY id').map(toPortal);
  }

  portal(id: number): SandboxPortal | undefined {
    const row = this.database.get('SELECT * FROM portals WHERE id = ?', id);
    return row === undefined ? undefined : toPortal(row);
  }

  savePortal(portal: SandboxPortal): void {
    const { id, ...details } = portal;
    this.database.run('INSERT OR REPLACE INTO portals (id, details) VALUES (?, ?)', id, JSON.stringify(details));
  }

  users(portalId: number): User[] {
    return this.database
      .all('SELECT * FROM users WHERE portal_id = ? ORDER BY may_install DESC, id', portalId)
      .map(toUser);
  }

  saveUser(user: User): void {
    this.database.run(
      'INSERT OR REPLACE INTO users (portal_id, id, email, name, may_install) VALUES (?, ?, ?, ?, ?)',
      user.portalId,
      user.id,
      user.email,
      user.name,
      user.mayInstall ? 1 : 0,
    );
  }

  owners(portalId: number): SandboxOwner[] {
    return this.database
      .all('SELECT * FROM owners WHERE portal_id = ? ORDER BY CAST(id AS INTEGER)', portalId)
      .map(toOwner);
  }

  owner(portalId: number, id: string): SandboxOwner | undefined {
    const row = this.database.get('SELECT * FROM owners WHERE portal_id = ? AND id = ?', portalId, id);
    return row === undefined ? undefined : toOwner(row);
  }

  saveOwner(portalId: number, owner: SandboxOwner): void {
    this.database.run(
      `INSERT OR REPLACE INTO owners
       (portal_id, id, email, first_name, last_name, user_id, archived, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      portalId,
      owner.id,
      owner.email,
      owner.firstName,
      owner.lastName,
      owner.userId,
      owner.archived ? 1 : 0,
      owner.createdAt,
      owner.updatedAt,
    );
  }

  pipelines(portalId: number, typeId: string): SandboxPipeline[] {
    return this.database
      .all('SELECT details FROM pipelines WHERE portal_id = ? AND type_id = ?', portalId, typeId)
      .map((row) => pipelineDetails.parse(JSON.parse(textIn(row, 'details'))))
      .toSorted((left, right) => left.displayOrder - right.displayOrder);
  }

  savePipeline(portalId: number, typeId: string, pipeline: SandboxPipeline): void {
    this.database.run(
      'INSERT OR REPLACE INTO pipelines (portal_id, type_id, id, details) VALUES (?, ?, ?, ?)',
      portalId,
      typeId,
      pipeline.id,
      JSON.stringify(pipeline),
    );
  }

  deletePipeline(portalId: number, typeId: string, id: string): void {
    this.database.run('DELETE FROM pipelines WHERE portal_id = ? AND type_id = ? AND id = ?', portalId, typeId, id);
  }

  schemas(portalId: number): CustomSchema[] {
    return this.database
      .all('SELECT details FROM schemas WHERE portal_id = ? ORDER BY type_id', portalId)
      .map((row) => schemaDetails.parse(JSON.parse(textIn(row, 'details'))));
  }

  saveSchema(portalId: number, schema: CustomSchema): void {
    this.database.run(
      'INSERT OR REPLACE INTO schemas (portal_id, type_id, details) VALUES (?, ?, ?)',
      portalId,
      schema.typeId,
      JSON.stringify(schema),
    );
  }

  deleteSchema(portalId: number, typeId: string): void {
    this.database.run('DELETE FROM schemas WHERE portal_id = ? AND type_id = ?', portalId, typeId);
  }

  types(portalId: number): SandboxObjectType[] {
    return [...STANDARD_TYPES, ...this.schemas(portalId).map(customType)];
  }

  /**
   * Resolves the object type in a path: a number (`0-1`, `2-…`), a standard name in singular or plural and any case
   * (CONTACT was recorded), or a custom object's fully qualified name. A custom object's short name is refused, because
   * several types may have it.
   */
  type(portalId: number, name: string): SandboxObjectType | undefined {
    const wanted = name.toLowerCase();
    return this.types(portalId).find(
      (type) =>
        type.typeId === wanted || type.singular.toLowerCase() === wanted || type.plural.toLowerCase() === wanted,
    );
  }
}

function toPortal(row: Row): SandboxPortal {
  return { id: integerIn(row, 'id'), ...portalDetails.parse(JSON.parse(textIn(row, 'details'))) };
}

function toUser(row: Row): User {
  return {
    portalId: integerIn(row, 'portal_id'),
    id: integerIn(row, 'id'),
    email: textIn(row, 'email'),
    name: textIn(row, 'name'),
    mayInstall: integerIn(row, 'may_install') === 1,
  };
}

function toOwner(row: Row): SandboxOwner {
  return {
    id: textIn(row, 'id'),
    email: textIn(row, 'email'),
    firstName: textIn(row, 'first_name'),
    lastName: textIn(row, 'last_name'),
    userId: integerIn(row, 'user_id'),
    archived: integerIn(row, 'archived') === 1,
    createdAt: integerIn(row, 'created_at'),
    updatedAt: integerIn(row, 'updated_at'),
  };
}
