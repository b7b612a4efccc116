import type { FrameLocator, Page } from 'playwright-core';
import { activeWebview } from './webview';

/** Runs side by side, in the active editor. */
export class ComparisonPage {
  readonly frame: FrameLocator;

  constructor(page: Page) {
    this.frame = activeWebview(page);
  }

  /** Waits until it shows so many runs. */
  async waitForRuns(count: number): Promise<void> {
    await this.frame.locator('h1', { hasText: `Comparison of ${count} runs` }).waitFor();
  }

  /** The value shown for a metric of a run, with all its digits. */
  async value(runId: string, metric: string): Promise<number> {
    const cell = this.frame.locator(`[data-table="metrics"] [data-run=${JSON.stringify(runId)}][data-metric=${JSON.stringify(metric)}]`);
    return Number(await cell.getAttribute('data-value'));
  }

  /** Names of the settings in which the runs differ. */
  async differingSettings(): Promise<string[]> {
    const rows = await this.frame.locator('[data-table="settings"] [data-setting]').all();
    const names = await Promise.all(rows.map((row) => row.getAttribute('data-setting')));
    return names.flatMap((name) => (name === null ? [] : [name]));
  }
}
