#!/bin/sh
# Run by PostgreSQL's image once, when the cluster is made. Passwords are hex (docker/example.env), so nothing is quoted.
set -eu
export PGOPTIONS="-c init.product_password=$PRODUCT_DB_PASSWORD -c init.temporal_password=$TEMPORAL_DB_PASSWORD"
exec psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --file /postgres-roles.sql
