import { useEffect, useState } from 'react';
import {
  Alert,
  Button,
  EmptyState,
  ErrorState,
  Flex,
  Link,
  LoadingSpinner,
  Text,
  hubspot,
  type CrmContext,
} from '@hubspot/ui-extensions';
import { loadMeetings, type Loaded } from './backend';
import { MeetingTile } from './MeetingTile';
import { howMeetingsCome } from './words';

hubspot.extend<'crm.record.tab' | 'crm.record.sidebar'>(({ context }) => <MeetingsCard context={context} />);

/** The record's last meetings, and for every case without any what to do about it. */
export function MeetingsCard({ context }: { readonly context: CrmContext }) {
  const limit = context.location === 'crm.record.sidebar' ? 3 : 5;
  const { objectId, objectTypeId } = context.crm;
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [attempt, setAttempt] = useState(1);
  useEffect(() => {
    let isWanted = true;
    setLoaded(null);
    const load = async () => {
      const answer = await loadMeetings(context, limit);
      // The answer about a record that the user has left meanwhile is nobody's.
      if (isWanted) setLoaded(answer);
    };
    void load();
    return () => {
      isWanted = false;
    };
    // HubSpot may hand over another context object for the same record: the record decides.
  }, [objectId, objectTypeId, limit, attempt]);

  if (loaded === null) return <LoadingSpinner label="Loading the meetings…" showLabel layout="centered" />;
  switch (loaded.state) {
    case 'failed':
      return (
        <ErrorState title="The meetings could not be loaded">
          <Text>{loaded.said}</Text>
          <Text>Try again. If it stays, send this sentence to whoever runs Meeting Sync in your company.</Text>
          <Button onClick={() => setAttempt(attempt + 1)}>Try again</Button>
        </ErrorState>
      );
    case 'not_connected':
      return (
        <ErrorState title="Meeting Sync is not connected to this account" type="lock">
          <Text>A HubSpot Super Admin connects it in the settings of Meeting Sync; then the meetings come.</Text>
          <Button href={{ url: loaded.settingsUrl, external: true }}>Open the settings</Button>
        </ErrorState>
      );
    case 'connected':
    case 'reauthorize':
      return (
        <Flex direction="column" gap="sm">
          {loaded.state === 'reauthorize' && (
            <Alert title="HubSpot no longer lets Meeting Sync in" variant="warning">
              New meetings do not come until a Super Admin presses Reconnect in the{' '}
              <Link href={{ url: loaded.settingsUrl, external: true }}>settings of Meeting Sync</Link>.
            </Alert>
          )}
          {loaded.meetings.length === 0 && (
            <EmptyState title="No meetings yet" layout="vertical" imageName="meetings">
              <Text>{howMeetingsCome(objectTypeId)}</Text>
              <Text>Any other meeting can be linked to this record by hand, on the meeting’s page.</Text>
            </EmptyState>
          )}
          {loaded.meetings.map((meeting) => (
            <MeetingTile key={meeting.meetingId} meeting={meeting} context={context} />
          ))}
          {loaded.total > loaded.meetings.length && (
            <Link href={{ url: loaded.meetingsUrl, external: true }}>{`All ${loaded.total} meetings`}</Link>
          )}
        </Flex>
      );
  }
}
