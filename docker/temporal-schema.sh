#!/bin/sh
# Brings the schemas of Temporal's two databases up to date; run again, it changes nothing. The databases are made with
# their owner (postgres-roles.sql): that role may make none itself.
set -eu

sql_tool() {
  temporal-sql-tool --plugin postgres12 --endpoint "$POSTGRES_SEEDS" --port "$DB_PORT" --user "$POSTGRES_USER" "$@"
}

for store in temporal visibility; do
  database=temporal
  [ "$store" = visibility ] && database=temporal_visibility
  sql_tool --database "$database" setup-schema --version 0.0
  sql_tool --database "$database" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$store/versioned"
done
