import type { FrameLocator, Locator, Page } from 'playwright-core';
import { activeWebview } from './webview';

/** The dataset view of a data file, in the active editor. */
export class DatasetPage {
  readonly frame: FrameLocator;

  constructor(private readonly page: Page) {
    this.frame = activeWebview(page);
  }

  /** Waits until it shows cells of a file. */
  async waitUntilShown(fileName: string): Promise<void> {
    await this.frame.locator('.dataset-head h1').filter({ hasText: fileName }).waitFor();
    await this.frame.locator('.grid-row .cell:not(.loading)').first().waitFor();
  }

  /** Waits until the whole file has been profiled. */
  async waitForProfile(timeout = 60_000): Promise<void> {
    await this.frame.locator('.dataset[data-extent="whole"]').waitFor({ timeout });
  }

  get facts(): Locator {
    return this.frame.locator('[data-facts]');
  }

  async openTab(tab: 'summary' | 'findings' | 'column' | 'correlations'): Promise<void> {
    await this.frame.locator(`[data-tab="${tab}"]`).click();
  }

  finding(code: string): Locator {
    return this.frame.locator(`.panel .finding[data-finding="${code}"]`).first();
  }

  /** The line numbers in sight, top to bottom. */
  async lines(): Promise<number[]> {
    const texts = await this.frame.locator('.grid-row .line').allInnerTexts();
    return texts.filter((text) => text !== '').map((text) => Number(text.replaceAll(',', '')));
  }

  /** The texts of a row in sight, by its line. */
  async row(line: number): Promise<string[]> {
    const row = this.frame.locator('.grid-row', { has: this.frame.locator('.line').filter({ hasText: new RegExp(`^${line.toLocaleString('en')}$`) }) });
    return row.locator('.cell').allInnerTexts();
  }

  /** Turns the wheel over the table. */
  async scrollBy(pixels: number): Promise<void> {
    await this.frame.locator('.grid-row').first().hover();
    await this.page.mouse.wheel(0, pixels);
  }

  async goToLine(line: number): Promise<void> {
    await this.frame.locator('[data-go]').fill(String(line));
    await this.page.keyboard.press('Enter');
    await this.frame.locator('.active-row .line').filter({ hasText: line.toLocaleString('en') }).waitFor();
  }
}
