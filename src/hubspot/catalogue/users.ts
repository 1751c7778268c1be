import { z } from 'zod';
import { HUBSPOT_API_VERSION, type HubSpotTransport } from '../client/transport';

const user = z.object({ superAdmin: z.boolean().optional() });

/**
 * Reads whether a user is a Super Admin (`GET /settings/users/…/{userId}`, scope `settings.users.read`). Source: "Retrieves
 * a user" of the user provisioning API.
 *
 * @returns null when the answer does not say
 * @throws `HubSpotError`
 */
export async function readSuperAdmin(
  transport: HubSpotTransport,
  accessToken: string,
  userId: number,
): Promise<boolean | null> {
  const path = `/settings/users/${HUBSPOT_API_VERSION}/${userId}`;
  const { body } = await transport.send({ method: 'GET', path, accessToken });
  return user.parse(body).superAdmin ?? null;
}
