import type { Locator, Page } from 'playwright-core';
import { exactly } from './exactly';

export interface QuickPickItem {
  readonly label: string;
  readonly description: string;
}

/** The quick pick (or input box) that is open. */
export class QuickPick {
  private readonly widget: Locator;
  private readonly rows: Locator;

  constructor(private readonly page: Page) {
    this.widget = page.locator('.quick-input-widget');
    this.rows = this.widget.locator('.quick-input-list .monaco-list-row');
  }

  async waitFor(): Promise<void> {
    await this.widget.waitFor();
  }

  async title(): Promise<string> {
    return this.widget.locator('.quick-input-title').innerText();
  }

  /** Text of the input box when nothing is typed. */
  async placeholder(): Promise<string | null> {
    return this.widget.locator('.quick-input-filter input').getAttribute('placeholder');
  }

  /** The entries in view. */
  async items(): Promise<QuickPickItem[]> {
    await this.rows.first().waitFor();
    const rows = await this.rows.all();
    return Promise.all(rows.map(itemOf));
  }

  /** The entry that Enter would choose. */
  async focused(): Promise<QuickPickItem> {
    const row = this.widget.locator('.monaco-list-row.focused');
    await row.waitFor();
    return itemOf(row);
  }

  async choose(label: string): Promise<void> {
    await this.rows.filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) }).first().click();
  }

  /** Ticks the entry that holds a text, where several can be chosen. */
  async tick(text: string): Promise<void> {
    await this.rows.filter({ hasText: text }).first().locator('.monaco-custom-toggle').click();
  }

  /** Takes what is ticked. */
  async confirm(): Promise<void> {
    await this.widget.locator('.quick-input-action .monaco-button', { hasText: 'OK' }).click();
  }

  async accept(): Promise<void> {
    await this.page.keyboard.press('Enter');
  }

  async type(text: string): Promise<void> {
    await this.widget.locator('.quick-input-filter input').fill(text);
  }

  async cancel(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.widget.waitFor({ state: 'hidden' });
  }
}

async function itemOf(row: Locator): Promise<QuickPickItem> {
  const description = row.locator('.label-description');
  return {
    // An icon before the label leaves a space.
    label: (await row.locator('.label-name').first().innerText()).trim(),
    description: (await description.count()) === 0 ? '' : await description.first().innerText(),
  };
}
