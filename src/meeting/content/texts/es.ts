import type { MeetingTexts } from './texts';

export const es: MeetingTexts = {
  locale: 'es-ES',
  meetingSummary: 'Resumen de la reunión',
  aiScore: 'Puntuación de IA',
  mainTopics: 'Temas principales',
  nextSteps: 'Próximos pasos',
  due: (date) => `para el ${date}`,
  openRecording: 'Abrir la grabación',
  smartCategoryNotes: 'Notas por categoría inteligente',
  note: 'Nota',
  clip: 'Clip',
  playClip: 'Ver el clip',
  topics: (count, number) => (count === 1 ? `${number} tema` : `${number} temas`),
  steps: (count, number) => (count === 1 ? `${number} próximo paso` : `${number} próximos pasos`),
  notesAndClips: (count, number) => (count === 1 ? `${number} nota o clip más` : `${number} notas y clips más`),
  leftOut: (what) => `No caben aquí: ${what}.`,
};
