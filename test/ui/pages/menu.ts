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
    const entry = this.menu.locator('.action-item', { hasText: label }).first();
    await entry.hover();
    // The release of the button that opened the menu is not to choose something, so VS Code ignores clicks at first.
    await this.page.waitForTimeout(200);
    await entry.click();
    await this.menu.waitFor({ state: 'detached' });
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.menu.waitFor({ state: 'detached' });
  }
}
