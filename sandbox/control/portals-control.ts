import type { SandboxCatalogue, SandboxOwner, SandboxPortal, User } from '../crm/catalogue';
import type { SandboxCrm } from '../crm/crm';
import { addDefaultPipelines } from '../seed/pipelines';
import { ApiError } from '../errors';
import { integerIn } from '../store/database';

export interface NewPortal {
  id?: number;
  name?: string;
  hubDomain?: string;
  timeZone?: string;
  currency?: string;
  accountType?: SandboxPortal['accountType'];
  customObjects?: boolean;
}

export interface NewOwner {
  email: string;
  firstName?: string;
  lastName?: string;
  archived?: boolean;
}

/** Accounts, their users and owners. */
export class PortalsControl {
  private readonly catalogue: SandboxCatalogue;

  constructor(private readonly crm: SandboxCrm) {
    this.catalogue = crm.catalogue;
  }

  list(): SandboxPortal[] {
    return this.catalogue.portals();
  }

  get(id: number): SandboxPortal | undefined {
    return this.catalogue.portal(id);
  }

  users(portalId: number): User[] {
    return this.catalogue.users(portalId);
  }

  owners(portalId: number): SandboxOwner[] {
    return this.catalogue.owners(portalId);
  }

  /** Creates an account with HubSpot's default pipelines, a Super Admin and a user who may not install apps. */
  create(input: NewPortal = {}): SandboxPortal {
    const id = input.id ?? this.crm.database.next('portal', 5_200_001);
    const portal: SandboxPortal = {
      id,
      name: input.name ?? `Account ${id}`,
      hubDomain: input.hubDomain ?? `account-${id}.example`,
      timeZone: input.timeZone ?? 'Europe/Madrid',
      currency: input.currency ?? 'EUR',
      accountType: input.accountType ?? 'STANDARD',
      dataHostingLocation: 'eu1',
      customObjects: input.customObjects ?? true,
    };
    this.catalogue.savePortal(portal);
    addDefaultPipelines(this.catalogue, id);
    this.addUser(id, `admin@${portal.hubDomain}`, 'Alex Admin', true);
    this.addUser(id, `sales@${portal.hubDomain}`, 'Sam Seller', false);
    return portal;
  }

  addUser(portalId: number, email: string, name: string, mayInstall: boolean): User {
    const user = { portalId, id: this.crm.database.next('user', 71_000_101), email, name, mayInstall };
    this.catalogue.saveUser(user);
    return user;
  }

  addOwner(portalId: number, input: NewOwner): SandboxOwner {
    const now = Date.now();
    const owner: SandboxOwner = {
      id: String(this.crm.database.next('owner', 88_842_095)),
      email: input.email,
      firstName: input.firstName ?? '',
      lastName: input.lastName ?? '',
      userId: this.crm.database.next('user', 71_000_101),
      archived: input.archived ?? false,
      createdAt: now,
      updatedAt: now,
    };
    this.catalogue.saveOwner(portalId, owner);
    return owner;
  }

  /** Moves the account to another data centre. Every call gets a 488 until a person connects again. */
  move(portalId: number, to: { hublet: string; uiDomain?: string | undefined }): SandboxPortal {
    const portal = this.catalogue.portal(portalId);
    if (portal === undefined) throw new ApiError(404, `There is no portal ${portalId}`);
    const moved: SandboxPortal = {
      ...portal,
      dataHostingLocation: to.hublet,
      movedAfterGrant: integerIn(
        this.crm.database.get('SELECT COALESCE(MAX(rowid), 0) AS newest FROM refresh_tokens'),
        'newest',
      ),
      ...(to.uiDomain === undefined ? {} : { uiDomain: to.uiDomain }),
    };
    this.catalogue.savePortal(moved);
    return moved;
  }

  /** Deactivates an owner's user, or reactivates it. */
  setOwnerArchived(portalId: number, ownerId: string, archived: boolean): SandboxOwner {
    const owner = this.catalogue.owner(portalId, ownerId);
    if (owner === undefined) throw new ApiError(404, `There is no owner ${ownerId} in portal ${portalId}`);
    const changed = { ...owner, archived, updatedAt: Date.now() };
    this.catalogue.saveOwner(portalId, changed);
    return changed;
  }
}
