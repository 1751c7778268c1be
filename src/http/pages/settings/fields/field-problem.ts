import { t } from '../../../../languages/text';
import { storedText } from '../../../../languages/stored-text';

/** What is wrong with a field, as a sentence: `It must be 1 to 100 visible characters.` */
export function fieldProblem(message: string): string {
  return t('It {problem}.', { problem: storedText(message) });
}
