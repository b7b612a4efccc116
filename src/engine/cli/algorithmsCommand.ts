import { algorithms } from '../models/registry';
import { formatTable, print } from './terminal';

/** `trainyard algorithms` */
export async function algorithmsCommand(options: { readonly json?: boolean }): Promise<void> {
  const declarations = algorithms.map(({ declaration }) => declaration);
  print(options.json === true
    ? JSON.stringify(declarations)
    : formatTable([
      ['id', 'tasks', 'what it does'],
      ...declarations.map(({ id, tasks, summary }) => [id, tasks.join(', '), summary]),
    ]));
}
