import type { Page } from 'playwright-core';
import { QuickPick } from './quickPick';

/** The command palette. */
export class CommandPalette {
  constructor(private readonly page: Page) {}

  /** Runs the command with this title ("Category: Command"). */
  async run(title: string): Promise<void> {
    const pick = await this.search(title);
    await pick.choose(title);
  }

  /** Titles of the commands that a text finds, those that are not available left out. */
  async find(text: string): Promise<string[]> {
    const pick = await this.search(text);
    const items = await pick.items();
    await pick.cancel();
    return items.map(({ label }) => label);
  }

  private async search(text: string): Promise<QuickPick> {
    await this.page.keyboard.press('F1');
    const pick = new QuickPick(this.page);
    await pick.waitFor();
    await pick.type(`>${text}`);
    return pick;
  }
}
