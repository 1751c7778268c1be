import { Flex, Inline, Link, List, StatusTag, Tag, Text, Tile, type CrmContext } from '@hubspot/ui-extensions';
import type { Meeting, NextStep } from './backend';
import { dueText, statusWord, timeText } from './words';

/** A meeting: title, time, score, topics, next steps and links. */
export function MeetingTile({ meeting, context }: { readonly meeting: Meeting; readonly context: CrmContext }) {
  const { score, topics, nextSteps } = meeting;
  const status = statusWord(meeting.status);
  const moreTopics = meeting.topicCount - topics.length;
  const moreSteps = meeting.nextStepCount - nextSteps.length;
  return (
    <Tile compact>
      <Flex direction="column" gap="xs">
        <Link href={{ url: meeting.url, external: true }}>{meeting.title}</Link>
        <Text variant="microcopy">{timeText(meeting.startedAt, context)}</Text>
        {(score !== null || status !== null) && (
          <Inline gap="xs">
            {score !== null && (
              <Tag variant="info">
                {`AI Score ${score.value} of ${score.max}${score.label === null ? '' : `: ${score.label}`}`}
              </Tag>
            )}
            {status !== null && <StatusTag variant="warning">{status}</StatusTag>}
          </Inline>
        )}
        {topics.length > 0 && (
          <Text>{`Topics: ${topics.join(', ')}${moreTopics > 0 ? ` and ${moreTopics} more` : ''}`}</Text>
        )}
        {nextSteps.length > 0 && (
          <>
            <Text format={{ fontWeight: 'demibold' }}>Next steps</Text>
            <List variant="unordered-styled">
              {nextSteps.map((step, index) => (
                <Step key={index} step={step} context={context} />
              ))}
            </List>
          </>
        )}
        {moreSteps > 0 && (
          <Link href={{ url: meeting.url, external: true }}>
            {moreSteps === 1 ? '1 more next step' : `${moreSteps} more next steps`}
          </Link>
        )}
        {meeting.recordingUrl !== null && (
          <Link href={{ url: meeting.recordingUrl, external: true }}>Watch the recording</Link>
        )}
        {meeting.timelineUrl && <Link href={{ url: meeting.timelineUrl, external: true }}>Show on the timeline</Link>}
      </Flex>
    </Tile>
  );
}

function Step({ step, context }: { readonly step: NextStep; readonly context: CrmContext }) {
  const { task = null } = step;
  const completed = task?.state === 'completed';
  const due = task === null || task.state === 'open' ? dueText(step, context) : null;
  const text = step.owner === null ? step.text : `${step.text} (${step.owner})`;
  return (
    <Inline gap="xs">
      {task?.state === 'open' ? <Link href={{ url: task.url, external: true }}>{text}</Link> : <Text>{text}</Text>}
      {completed && (
        <Tag inline variant="success">
          Completed
        </Tag>
      )}
      {due !== null && (
        <Tag inline variant={TONES[step.due ?? 'later']}>
          {due}
        </Tag>
      )}
    </Inline>
  );
}

const TONES = { overdue: 'error', today: 'warning', later: 'default' } as const;
