-- Roles and databases of a new cluster. Neither role is a superuser, and neither reaches the other's databases: whoever
-- gets hold of the product's password reads no workflow history and no other role's data, and Temporal's no meeting.
-- The passwords come in as settings of the session (docker/postgres-roles.sh).

do $$
begin
  execute format('create role hubspot_meeting_sync login password %L', current_setting('init.product_password'));
  execute format('create role temporal login password %L', current_setting('init.temporal_password'));
end
$$;

create database hubspot_meeting_sync owner hubspot_meeting_sync;

create database temporal owner temporal;

create database temporal_visibility owner temporal;

revoke all on database hubspot_meeting_sync, temporal, temporal_visibility from public;
