import type { ProcessedMeeting } from '../intake/schema';
import { isBuiltIn, type BuiltInKey, type FieldValue } from './meeting-field';

/** A meeting's value for a key, and where in the recording it comes from. */
export interface KeyedValue {
  readonly value: FieldValue;
  readonly quote: string | null;
  readonly startSeconds: number | null;
}

/** Returns the meeting's value for a built-in key or for one of the pipeline's. Null if it has none, or an empty one. */
export function valueOfKey(meeting: ProcessedMeeting, key: string): KeyedValue | null {
  if (isBuiltIn(key)) {
    const value = builtIn(meeting, key);
    return value === undefined || isEmpty(value) ? null : { value, quote: null, startSeconds: null };
  }
  const field = meeting.fields?.find((each) => each.key === key);
  if (field === undefined || isEmpty(field.value)) return null;
  return { value: field.value, quote: field.quote ?? null, startSeconds: field.startSeconds ?? null };
}

function builtIn(meeting: ProcessedMeeting, key: BuiltInKey): FieldValue | undefined {
  const { summary } = meeting;
  switch (key) {
    case 'ai_score':
      return summary.aiScore?.value;
    case 'ai_score_label':
      return summary.aiScore?.label;
    case 'overview':
      return summary.overview;
    case 'topics':
      return summary.topics.map((topic) => topic.title);
    case 'next_step':
      return summary.nextSteps[0]?.text;
    case 'next_steps':
      return summary.nextSteps.map((step) => step.text).join('\n');
    case 'last_meeting_at':
      return meeting.startedAt;
    case 'last_meeting_title':
      return meeting.title;
    case 'last_meeting_host':
      return meeting.host.email;
    case 'last_recording_url':
      return meeting.recordingUrl;
  }
}

function isEmpty(value: FieldValue): boolean {
  return typeof value === 'string' ? value.trim() === '' : typeof value === 'object' && value.length === 0;
}
