import { message } from '../../languages/text';

/**
 * Every action of the audit trail, and its sentence without a subject. The part before the dot is its group. In a sentence,
 * `{object}` is the label of the object, or its id; the other placeholders are values of the event.
 */
export const AUDIT_ACTIONS = {
  'access.refuse': message('was refused'),
  'access_change.other': message('{object}'),
  'admin_link.create': message('created a link for a HubSpot admin'),
  'admin_link.revoke': message('revoked a link for a HubSpot admin'),
  'backfill.dismiss': message('closed the notice of a backfill'),
  'backfill.pause': message('paused a backfill'),
  'backfill.resume': message('resumed a backfill'),
  'backfill.start': message('started a backfill'),
  'backfill.stop': message('stopped a backfill'),
  'connection.connect': message('connected HubSpot account {object}'),
  'connection.delete_data': message('deleted the data read from HubSpot'),
  'connection.disconnect': message('disconnected HubSpot account {object}'),
  'connection.lost': message('lost the access to HubSpot account {object}'),
  'connection.reauthorize': message('authorized HubSpot account {object} again'),
  'connection.try': message('requested a new attempt at HubSpot account {object}'),
  'contact.create': message('requested a contact for {object}'),
  'encryption.rotate': message('encrypted the tokens with another key'),
  'key.create': message('created the API key "{object}"'),
  'key.narrow': message('narrowed the API key "{object}", created by {origin}'),
  'key.revoke_made': message('revoked the API key "{object}", created by {origin}'),
  'key.revoke': message('revoked the API key "{object}"'),
  'key.revoke_derived': message('revoked the API key "{object}", created with "{origin}"'),
  'link.add': message('linked {record} to the meeting "{object}"'),
  'link.remove': message('unlinked {record} from the meeting "{object}"'),
  'link.undo_add': message('undid the link of {record} to the meeting "{object}"'),
  'link.undo_remove': message('undid the unlinking of {record} from the meeting "{object}"'),
  'meeting.delete': message('deleted the meeting "{object}"'),
  'meeting.example': message('synced the example meeting'),
  'meeting.expire': message('deleted the content of {meetings, plural, one {# old meeting} other {# old meetings}}'),
  'meeting.resync': message('ran the sync of the meeting "{object}" again'),
  'meeting.resync_many': message('ran {meetings, plural, one {# sync} other {# syncs}} again'),
  'member.invite': message('invited {object}'),
  'member.link': message('created a sign-in link for {object}'),
  'member.remove': message('removed {object}'),
  'member.remove_derived': message('removed {object}, invited with the API key "{origin}"'),
  'member.role': message('changed the role of {object} from {roleBefore} to {role}'),
  'outlet.change': message('changed the outlet "{object}"'),
  'outlet.create': message('created the outlet "{object}"'),
  'outlet.delete': message('deleted the outlet "{object}"'),
  'outlet.redeliver': message(
    'delivered {count, plural, one {# notice} other {# notices}} to the outlet "{object}" again',
  ),
  'outlet.rotate_secret': message('gave the outlet "{object}" a new secret'),
  'outlet.show_secret': message('looked at the secret of the outlet "{object}"'),
  'outlet.switch_off': message('switched the outlet "{object}" off'),
  'privacy.erase': message('erased the person of contact {object}'),
  'properties.create': message('created the standard properties in HubSpot'),
  'reconciliation.start': message('started a reconciliation'),
  'review.accept': message('accepted a suggestion for {object}'),
  'review.edit': message('edited and accepted a suggestion for {object}'),
  'review.refuse': message('refused a suggestion for {object}'),
  'session.end': message('signed a browser out'),
  'session.end_all': message('signed every browser out'),
  'session.end_others': message('signed every other browser out'),
  'settings.change': message('changed settings'),
  'sign_in.link': message('created a sign-in link'),
  'sign_in.out': message('signed out'),
  'sign_in.refuse': message('could not sign in'),
  'sign_in.success': message('signed in'),
  'workspace.create': message('created the workspace "{object}"'),
  'workspace.delete': message('deleted the workspace "{object}"'),
  'workspace.restore': message('restored the database from a backup'),
} as const satisfies Readonly<Record<`${AuditGroup}.${string}`, string>>;

/** The code of an action. */
export type AuditAction = keyof typeof AUDIT_ACTIONS;

/** The groups of actions, and their names. */
export const AUDIT_GROUP_WORDS = {
  access: message('Refusals'),
  access_change: message('Changes of earlier versions'),
  admin_link: message('Links for HubSpot admins'),
  backfill: message('Imports'),
  connection: message('HubSpot connection'),
  contact: message('Contacts'),
  encryption: message('Encryption'),
  key: message('API keys'),
  link: message('Links by hand'),
  meeting: message('Meetings'),
  member: message('People'),
  outlet: message('Outlets'),
  privacy: message('Privacy'),
  properties: message('Properties'),
  reconciliation: message('Reconciliations'),
  review: message('Reviews'),
  session: message('Devices'),
  settings: message('Settings'),
  sign_in: message('Sign-ins'),
  workspace: message('Workspace'),
} as const satisfies Readonly<Record<string, string>>;

/** The part of an action's code before the dot. */
export type AuditGroup = keyof typeof AUDIT_GROUP_WORDS;

/** The groups that are changes of access to a workspace, or deletions in it. */
export const ACCESS_GROUPS = [
  'access_change',
  'admin_link',
  'connection',
  'key',
  'meeting',
  'member',
  'session',
] as const satisfies readonly AuditGroup[];
