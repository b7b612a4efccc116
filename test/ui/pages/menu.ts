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
    // With the mouse itself: waiting until an entry stands still can last forever where the browser draws no frames, as a hidden or busy one.
    const before = await this.middleOf(entry, label);
    await this.page.mouse.move(before.x, before.y);
    // The release of the button that opened the menu is not to choose something, so VS Code ignores clicks at first.
    await this.page.waitForTimeout(200);
    // Entries that came meanwhile move the others.
    const { x, y } = await this.middleOf(entry, label);
    await this.page.mouse.move(x, y);
    await this.page.mouse.click(x, y);
    await this.menu.waitFor({ state: 'detached' });
  }

  private async middleOf(entry: Locator, label: string): Promise<{ x: number; y: number }> {
    const box = await entry.boundingBox();
    if (box === null) {
      throw new Error(`The menu closed before "${label}" could be chosen.`);
    }
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.menu.waitFor({ state: 'detached' });
  }
}
