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
    await entry.waitFor();
    const box = await entry.boundingBox();
    if (box === null) {
      throw new Error(`The menu closed before "${label}" could be chosen.`);
    }
    // With the mouse itself: waiting until an entry stands still can last forever where the browser draws no frames, as a hidden or busy one.
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    // The release of the button that opened the menu is not to choose something, so VS Code ignores clicks at first.
    await this.page.waitForTimeout(200);
    await this.page.mouse.click(x, y);
    await this.menu.waitFor({ state: 'detached' });
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.menu.waitFor({ state: 'detached' });
  }
}
