import type { Locator, Page } from 'playwright-core';
import { Menu } from './menu';

/** A tree view in the side bar. */
export class TreeView {
  readonly pane: Locator;

  constructor(
    private readonly page: Page,
    /** Its title as shown. */
    private readonly title: string,
  ) {
    this.pane = page.locator('.pane', { has: page.locator(`.pane-header[aria-label^=${JSON.stringify(title)}]`) });
  }

  /** Unfolds the view; its container must be open. */
  async expand(): Promise<void> {
    const header = this.pane.locator('.pane-header');
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) === 'false') {
      await header.click();
    }
  }

  /** The row that shows a text, once it is there. */
  async row(text: string | RegExp, timeout = 30_000): Promise<Locator> {
    const row = this.pane.locator('.monaco-list-row').filter({ hasText: text }).first();
    await row.waitFor({ timeout });
    return row;
  }

  /** Unfolds a row. */
  async expandRow(text: string | RegExp): Promise<void> {
    const row = await this.row(text);
    if ((await row.getAttribute('aria-expanded')) === 'false') {
      await row.locator('.monaco-tl-twistie').click();
    }
  }

  /** What each row in view shows, top to bottom. */
  async rows(): Promise<string[]> {
    return this.pane.locator('.monaco-list-row').allInnerTexts();
  }

  /** Text shown instead of rows while the view is empty. */
  async welcome(): Promise<string> {
    return this.pane.locator('.welcome-view').innerText();
  }

  async openContextMenu(text: string | RegExp): Promise<Menu> {
    return Menu.of(this.page, await this.row(text));
  }

  get name(): string {
    return this.title;
  }
}
