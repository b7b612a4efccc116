import path from 'node:path';

/** The project's root folder. */
export const repositoryRoot = path.resolve(__dirname, '..', '..');

/** Where tests leave what a person may want to look at. */
export const outFolder = path.join(repositoryRoot, 'out');
