import type { Locator, Page } from 'playwright-core';
import { errors } from 'playwright-core';

const mostOpenings = 4;
const patience = 5000;

/** A context menu, and the way to open it again: VS Code closes it whenever something else takes the focus, as a view that has just loaded. */
export class Menu {
  private readonly menu: Locator;

  private constructor(
    private readonly page: Page,
    private readonly open: () => Promise<void>,
  ) {
    this.menu = page.locator('.monaco-menu').last();
  }

  /** Opens the menu. @param target what is clicked with the right button. */
  static async of(page: Page, target: Locator): Promise<Menu> {
    const menu = new Menu(page, async () => target.click({ button: 'right' }));
    await menu.open();
    return menu;
  }

  /** The labels of its entries, top to bottom, without the separators. */
  async labels(): Promise<string[]> {
    await this.menu.waitFor();
    return this.menu.locator('.action-item:not(.disabled) .action-label:not(.separator)').allInnerTexts();
  }

  /** Chooses an entry; opens the menu again when it closed before that. */
  async choose(label: string): Promise<void> {
    for (let openings = 1; !(await this.press(label)); openings++) {
      if (openings === mostOpenings) {
        throw new Error(`The menu had no entry "${label}", or closed before it could be chosen.`);
      }
      if ((await this.menu.count()) > 0) {
        await this.close();
      }
      await this.open();
    }
    await this.menu.waitFor({ state: 'detached' });
  }

  /** Clicks an entry. @returns whether the entry got the click: the menu may close at any moment before. */
  private async press(label: string): Promise<boolean> {
    const entry = this.menu.locator('.action-item', { hasText: label }).first();
    try {
      await entry.waitFor({ timeout: patience });
      // With the mouse itself: waiting until an entry stands still can last forever where the browser draws no frames, as a hidden or busy one.
      const before = await middleOf(entry);
      await this.page.mouse.move(before.x, before.y);
      // The release of the button that opened the menu is not to choose something, so VS Code ignores clicks at first.
      await this.page.waitForTimeout(200);
      const click = await entry.evaluateHandle((element) => {
        const seen = { arrived: false };
        element.addEventListener('mouseup', () => { seen.arrived = true; }, { capture: true });
        return seen;
      }, undefined, { timeout: patience });
      // Entries that came meanwhile move the others.
      const { x, y } = await middleOf(entry);
      await this.page.mouse.move(x, y);
      await this.page.mouse.click(x, y);
      return await click.evaluate((seen) => seen.arrived);
    } catch (error) {
      if (error instanceof errors.TimeoutError) {
        return false;
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.menu.waitFor({ state: 'detached' });
  }
}

/** @throws TimeoutError when it is not there any more. */
async function middleOf(entry: Locator): Promise<{ x: number; y: number }> {
  const box = await entry.boundingBox({ timeout: patience });
  if (box === null) {
    throw new errors.TimeoutError('The menu closed before an entry could be chosen.');
  }
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
