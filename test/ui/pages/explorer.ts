import type { Locator, Page } from 'playwright-core';
import { exactly } from './exactly';
import { Menu } from './menu';

/** The explorer: the files of the workspace. */
export class Explorer {
  private readonly rows: Locator;

  constructor(private readonly page: Page) {
    this.rows = page.locator('.explorer-folders-view .monaco-list-row');
  }

  async show(): Promise<void> {
    await this.page.keyboard.press('Control+Shift+E');
    await this.rows.first().waitFor();
  }

  /** The row of a file, its folders unfolded on the way. @param path `/`-separated, relative to the workspace. */
  async row(path: string): Promise<Locator> {
    const names = path.split('/');
    for (const [index, name] of names.slice(0, -1).entries()) {
      const folder = this.rowNamed(name);
      await folder.waitFor();
      if ((await folder.getAttribute('aria-expanded')) === 'false') {
        await folder.click();
        await this.rowNamed(names[index + 1] ?? '').waitFor();
      }
    }
    const row = this.rowNamed(names[names.length - 1] ?? '');
    await row.waitFor();
    return row;
  }

  /** Opens a file in a tab that stays. */
  async open(path: string): Promise<void> {
    await (await this.row(path)).dblclick();
  }

  async openContextMenu(path: string): Promise<Menu> {
    return Menu.of(this.page, await this.row(path));
  }

  private rowNamed(name: string): Locator {
    return this.rows.filter({ has: this.page.locator('.label-name', { hasText: exactly(name) }) }).first();
  }
}
