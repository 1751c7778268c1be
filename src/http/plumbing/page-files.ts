import path from 'node:path';

/** Views and assets stay in `src`. The same relative path reaches them from `src/http` and from `dist/http`. */
const PAGES_FOLDER = path.resolve(__dirname, '../../../src/http/pages');

/** The Eta templates. */
export const VIEWS_FOLDER = path.join(PAGES_FOLDER, 'views');

/** Files that browsers load unchanged. */
export const PUBLIC_FOLDER = path.join(PAGES_FOLDER, 'public');

/** The example meeting of the repository, which a new workspace can be tried with. */
export const EXAMPLE_MEETING = path.resolve(__dirname, '../../../examples/meeting.json');
