import path from 'node:path';

/** Views and assets stay in the sources: the same relative path leads there from `src/http` and from `dist/http`. */
const PAGES_FOLDER = path.resolve(__dirname, '../../../src/http/pages');

/** The Eta templates. */
export const VIEWS_FOLDER = path.join(PAGES_FOLDER, 'views');

/** What browsers load as it is. */
export const PUBLIC_FOLDER = path.join(PAGES_FOLDER, 'public');
