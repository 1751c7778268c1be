import { openDatabase } from '../store/database';
import { createWorkspace } from '../store/workspaces';

/** `workspace create NAME`: prints the API key once; only its hash is kept. */
export async function createWorkspaceFromShell(databaseUrl: string, name: string): Promise<void> {
  const db = openDatabase(databaseUrl, { max: 1 });
  try {
    const { workspaceId, apiKey } = await createWorkspace(db, name);
    console.log(`Workspace ${workspaceId} was made. Its API key is shown only now:\n${apiKey}`);
  } finally {
    await db.destroy();
  }
}
