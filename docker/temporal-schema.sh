#!/bin/sh
# Makes Temporal's two databases and brings their schemas up to date; run again, it changes nothing.
set -eu

sql_tool() {
  temporal-sql-tool --plugin postgres12 --endpoint "$POSTGRES_SEEDS" --port "$DB_PORT" --user "$POSTGRES_USER" "$@"
}

for store in temporal visibility; do
  database=temporal
  [ "$store" = visibility ] && database=temporal_visibility
  sql_tool --database "$database" create
  sql_tool --database "$database" setup-schema --version 0.0
  sql_tool --database "$database" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$store/versioned"
done
