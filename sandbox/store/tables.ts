/** The sandbox's tables. `IF NOT EXISTS` because a data file is reopened after a restart. */
export const TABLES = `
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS portals (id INTEGER PRIMARY KEY, details TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
  portal_id INTEGER NOT NULL, id INTEGER NOT NULL, email TEXT NOT NULL, name TEXT NOT NULL, may_install INTEGER NOT NULL,
  PRIMARY KEY (portal_id, id));
CREATE TABLE IF NOT EXISTS owners (
  portal_id INTEGER NOT NULL, id TEXT NOT NULL, email TEXT NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
  user_id INTEGER NOT NULL, archived INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  PRIMARY KEY (portal_id, id));
CREATE TABLE IF NOT EXISTS pipelines (
  portal_id INTEGER NOT NULL, type_id TEXT NOT NULL, id TEXT NOT NULL, details TEXT NOT NULL,
  PRIMARY KEY (portal_id, type_id, id));
CREATE TABLE IF NOT EXISTS schemas (
  portal_id INTEGER NOT NULL, type_id TEXT NOT NULL, details TEXT NOT NULL, PRIMARY KEY (portal_id, type_id));
CREATE TABLE IF NOT EXISTS properties (
  portal_id INTEGER NOT NULL, type_id TEXT NOT NULL, name TEXT NOT NULL, archived INTEGER NOT NULL, definition TEXT NOT NULL,
  PRIMARY KEY (portal_id, type_id, name));
CREATE TABLE IF NOT EXISTS property_groups (
  portal_id INTEGER NOT NULL, type_id TEXT NOT NULL, name TEXT NOT NULL, label TEXT NOT NULL, display_order INTEGER NOT NULL,
  PRIMARY KEY (portal_id, type_id, name));
CREATE TABLE IF NOT EXISTS records (
  portal_id INTEGER NOT NULL, type_id TEXT NOT NULL, id TEXT NOT NULL, properties TEXT NOT NULL,
  archived INTEGER NOT NULL, merged_into TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, archived_at INTEGER,
  changed_at INTEGER NOT NULL, indexed_properties TEXT,
  PRIMARY KEY (portal_id, type_id, id));
CREATE TABLE IF NOT EXISTS identities (
  portal_id INTEGER NOT NULL, type_id TEXT NOT NULL, property TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (portal_id, type_id, property, value));
CREATE INDEX IF NOT EXISTS identities_by_record ON identities (portal_id, type_id, id);
CREATE TABLE IF NOT EXISTS property_history (
  portal_id INTEGER NOT NULL, type_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  at INTEGER NOT NULL, source TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS history_by_record ON property_history (portal_id, type_id, id, name);
CREATE TABLE IF NOT EXISTS associations (
  portal_id INTEGER NOT NULL, from_type TEXT NOT NULL, from_id TEXT NOT NULL, to_type TEXT NOT NULL, to_id TEXT NOT NULL,
  category TEXT NOT NULL, association_type_id INTEGER NOT NULL,
  PRIMARY KEY (portal_id, from_type, from_id, to_type, to_id, category, association_type_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS association_types (
  portal_id INTEGER NOT NULL, from_type TEXT NOT NULL, to_type TEXT NOT NULL, category TEXT NOT NULL,
  association_type_id INTEGER NOT NULL, inverse_type_id INTEGER NOT NULL, label TEXT, name TEXT NOT NULL,
  PRIMARY KEY (portal_id, from_type, to_type, category, association_type_id));
CREATE TABLE IF NOT EXISTS codes (
  code TEXT PRIMARY KEY, portal_id INTEGER NOT NULL, user_id INTEGER NOT NULL, redirect_uri TEXT NOT NULL, scopes TEXT NOT NULL,
  code_challenge TEXT, challenge_method TEXT, expires_at INTEGER NOT NULL, used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS refresh_tokens (
  token TEXT PRIMARY KEY, portal_id INTEGER NOT NULL, user_id INTEGER NOT NULL, scopes TEXT NOT NULL, redirect_uri TEXT NOT NULL,
  revoked INTEGER NOT NULL, created_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS access_tokens (
  token TEXT PRIMARY KEY, portal_id INTEGER NOT NULL, user_id INTEGER NOT NULL, scopes TEXT NOT NULL,
  refresh_token TEXT NOT NULL, expires_at INTEGER NOT NULL, revoked INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS app_tokens (token TEXT PRIMARY KEY, scopes TEXT NOT NULL, expires_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS journal_subscriptions (id INTEGER PRIMARY KEY, portal_id INTEGER, details TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS journal_events (id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS journal_files (
  position INTEGER PRIMARY KEY AUTOINCREMENT, offset_id TEXT NOT NULL UNIQUE, published_at INTEGER NOT NULL, events TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS installs (portal_id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, installed_at INTEGER NOT NULL);
`;
