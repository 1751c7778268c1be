import type { MeetingTexts } from './texts';

export const en: MeetingTexts = {
  locale: 'en-GB',
  meetingSummary: 'Meeting Summary',
  aiScore: 'AI Score',
  mainTopics: 'Main topics',
  nextSteps: 'Next steps',
  due: (date) => `due ${date}`,
  openRecording: 'Open the recording',
  smartCategoryNotes: 'Smart Category Notes',
  note: 'Note',
  clip: 'Clip',
  playClip: 'Play clip',
  topics: (count, number) => (count === 1 ? `${number} topic` : `${number} topics`),
  steps: (count, number) => (count === 1 ? `${number} next step` : `${number} next steps`),
  notesAndClips: (count, number) => (count === 1 ? `${number} more note or clip` : `${number} more notes and clips`),
  leftOut: (what) => `Left out here for length: ${what}.`,
};
