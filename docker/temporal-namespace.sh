#!/bin/sh
# Makes the namespace with the product's search attributes; run again, it changes nothing.
set -eu

namespace=${TEMPORAL_NAMESPACE:-default}
retention=720h

if ! temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$namespace" --retention "$retention"
fi

# A new namespace takes seconds until every part of the server knows it.
tries=0
until temporal operator search-attribute create --namespace "$namespace" \
  --name HubSpotPortalId --type Int \
  --name MeetingId --type Keyword \
  --name SyncStatus --type Keyword \
  --name SyncReason --type Keyword; do
  tries=$((tries + 1))
  if [ "$tries" -ge 20 ]; then
    echo "The search attributes could not be made in namespace $namespace" >&2
    exit 1
  fi
  sleep 2
done
