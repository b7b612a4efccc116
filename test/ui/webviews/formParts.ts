import { strict as assert } from 'node:assert';
import type { Locator } from 'playwright-core';
import type { ViewPage } from './viewPage';

/** The edits of the one message that the form sent, failing when it sent another number of messages. */
export async function editsOf(view: ViewPage): Promise<unknown> {
  const messages = await view.posted();
  assert.equal(messages.length, 1, `one message expected, got ${JSON.stringify(messages)}`);
  assert.equal(messages[0]?.kind, 'edit');
  return messages[0]?.['edits'];
}

/** The part of the form that edits a value of the file. @param path its keys, joined by dots. */
export function formField(view: ViewPage, path: string): Locator {
  return view.locator(`[data-path="${path}"]`);
}

/** A column's row among the features. */
export function featureRow(view: ViewPage, column: string): Locator {
  return view.locator(`.feature-row[data-column="${column}"]`);
}
