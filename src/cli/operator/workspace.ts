import { answerTo } from '../confirm';
import type { Config } from '../../config';
import type { Output } from '../output';
import { deleteWorkspace } from './delete-workspace';
import { createLogger } from '../../telemetry/log';
import { openProduct } from '../../runtime/container';
import { openDatabase } from '../../store/database';
import { createOperatorKey } from '../../store/access/api-keys';
import type { Scope } from '../../store/access/scopes';
import { findWorkspace, type NamedWorkspace } from '../../store/access/delete-workspace';
import { createRescueLink } from '../../store/access/sign-in-links';
import { createWorkspace } from '../../store/access/workspaces';
import { isEmailAddress } from '../../meeting/people/domains';

/** `workspace create NAME`: prints the API key. It cannot be shown again, because only its hash is stored. */
export async function createWorkspaceFromShell(databaseUrl: string, name: string, output: Output): Promise<void> {
  const db = openDatabase(databaseUrl, { max: 1 });
  try {
    const { workspaceId, apiKey } = await createWorkspace(db, name);
    output.result(
      { workspaceId, apiKey },
      `Workspace ${workspaceId} was created. Its API key is shown only now:\n${apiKey}`,
    );
  } finally {
    await db.destroy();
  }
}

/** `workspace key NAME`: creates one more API key, for an operator who has the database and no key of the workspace. */
export async function createKeyFromShell(
  databaseUrl: string,
  name: string,
  { label, ...access }: { readonly label: string; readonly scopes: readonly Scope[]; readonly expiresAt: Date | null },
  output: Output,
): Promise<void> {
  const db = openDatabase(databaseUrl, { max: 1 });
  try {
    const workspace = await findWorkspace(db, name);
    if (workspace === null) throw new Error(`There is no workspace "${name}".`);
    const { key } = await createOperatorKey(db, { workspaceId: workspace.id, name: label, ...access });
    output.result(
      { workspaceId: workspace.id, apiKey: key },
      `The API key "${label}" of workspace ${workspace.id} is shown only now:\n${key}`,
    );
  } finally {
    await db.destroy();
  }
}

/** `workspace sign-in NAME EMAIL`: prints a link for an admin, which works also where links are switched off. */
export async function createRescueLinkFromShell(
  databaseUrl: string,
  { name, email, publicUrl }: { readonly name: string; readonly email: string; readonly publicUrl: string },
  output: Output,
): Promise<void> {
  if (!isEmailAddress(email)) throw new Error(`"${email}" is not an e-mail address.`);
  const db = openDatabase(databaseUrl, { max: 1 });
  try {
    const workspace = await findWorkspace(db, name);
    if (workspace === null) throw new Error(`There is no workspace "${name}".`);
    const { token, expiresAt } = await createRescueLink(db, workspace.id, email.toLowerCase());
    const url = `${publicUrl}/sign-in?token=${token}`;
    output.result(
      { workspaceId: workspace.id, url, expiresAt: expiresAt.toISOString() },
      `This link signs in ${email.toLowerCase()} to workspace ${workspace.id} as an admin. It works once, within five minutes:\n${url}`,
    );
  } finally {
    await db.destroy();
  }
}

/**
 * `workspace delete NAME`: deletes a workspace with all its data, removes its activities from HubSpot, and prints those
 * that remain there.
 *
 * @param options - `yes`: skip the confirmation
 */
export async function deleteWorkspaceFromShell(
  config: Config,
  name: string,
  { yes }: { readonly yes: boolean },
  output: Output,
): Promise<void> {
  const product = openProduct(config, createLogger('warn', 'workspace-delete'));
  try {
    const workspace = await findWorkspace(product.db, name);
    if (workspace === null) throw new Error(`There is no workspace "${name}".`);
    if (!yes && !(await isConfirmed(workspace))) {
      output.result({ deleted: false }, 'Nothing was deleted.');
      return;
    }
    const { meetings, remaining } = await deleteWorkspace(product, workspace.id);
    const lines = [
      `Workspace ${workspace.id} was deleted with the content of ${meetings} meetings.`,
      ...(remaining.length === 0
        ? []
        : [
            'These activities remain in HubSpot, because their account could not be reached. Delete them there:',
            ...remaining.map(
              ({ portalId, objectType, id }) =>
                `  account ${portalId}: ${objectType}/${id ?? 'one whose creation was never confirmed'}`,
            ),
          ]),
    ];
    output.result({ deleted: true, workspaceId: workspace.id, meetings, remaining }, lines.join('\n'));
  } finally {
    await product.usage.flush();
    await product.db.destroy();
  }
}

async function isConfirmed({ name, meetings }: NamedWorkspace): Promise<boolean> {
  const question = `This deletes the workspace "${name}" with ${meetings} meetings, and removes their activities from HubSpot. It cannot be undone.\nType the workspace's name to continue: `;
  return (await answerTo(question, 'add --yes to delete the workspace')) === name;
}
