import type { Locator, Page } from 'playwright-core';

/** The context menu that is open. */
export class Menu {
  private readonly menu: Locator;

  constructor(private readonly page: Page) {
    this.menu = page.locator('.monaco-menu').last();
  }

  /** The labels of its entries, top to bottom, without the separators. */
  async labels(): Promise<string[]> {
    await this.menu.waitFor();
    return this.menu.locator('.action-item:not(.disabled) .action-label:not(.separator)').allInnerTexts();
  }

  async choose(label: string): Promise<void> {
    await this.menu.locator('.action-item', { hasText: label }).first().click();
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.menu.waitFor({ state: 'detached' });
  }
}
