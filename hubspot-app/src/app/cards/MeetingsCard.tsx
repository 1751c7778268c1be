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
import { Values } from './Values';
import { howMeetingsCome } from './words';

hubspot.extend<'crm.record.tab' | 'crm.record.sidebar'>(({ context }) => <MeetingsCard context={context} />);

/** The last meetings of the record. Without meetings, it explains why and what to do. */
export function MeetingsCard({ context }: { readonly context: CrmContext }) {
  const limit = context.location === 'crm.record.sidebar' ? 3 : 5;
  const { objectId, objectTypeId } = context.crm;
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [tries, setTries] = useState(1);
  useEffect(() => {
    let isCurrent = true;
    setLoaded(null);
    const load = async () => {
      const answer = await loadMeetings(context, limit);
      // The user may have opened another record in the meantime.
      if (isCurrent) setLoaded(answer);
    };
    void load();
    return () => {
      isCurrent = false;
    };
    // HubSpot may pass another context object for the same record, so only the record counts.
  }, [objectId, objectTypeId, limit, tries]);

  if (loaded === null) return <LoadingSpinner label="Loading the meetings…" showLabel layout="centered" />;
  switch (loaded.state) {
    case 'failed':
      return (
        <ErrorState title="The meetings could not be loaded">
          <Text>{loaded.message}</Text>
          <Text>
            Try again. If it happens again, send this message to the person who runs Meeting Sync in your company.
          </Text>
          <Button onClick={() => setTries(tries + 1)}>Try again</Button>
        </ErrorState>
      );
    case 'not_connected':
      return (
        <ErrorState title="Meeting Sync is not connected to this account" type="lock">
          <Text>
            Ask a HubSpot Super Admin to connect it in the settings of Meeting Sync. Then meetings appear here.
          </Text>
          <Button href={{ url: loaded.settingsUrl, external: true }}>Open the settings</Button>
        </ErrorState>
      );
    case 'connected':
    case 'reauthorize':
      return (
        <Flex direction="column" gap="sm">
          {loaded.state === 'reauthorize' && (
            <Alert title="HubSpot disconnected Meeting Sync" variant="warning">
              New meetings do not appear until a Super Admin presses Reconnect in the{' '}
              <Link href={{ url: loaded.settingsUrl, external: true }}>settings of Meeting Sync</Link>.
            </Alert>
          )}
          <Values values={loaded.values ?? []} openReviews={loaded.openReviews ?? 0} reviewsUrl={loaded.reviewsUrl} />
          {loaded.meetings.length === 0 && (
            <EmptyState title="No meetings yet" layout="vertical" imageName="meetings">
              <Text>{howMeetingsCome(objectTypeId)}</Text>
              <Text>You can link any other meeting to this record on the meeting’s page.</Text>
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
