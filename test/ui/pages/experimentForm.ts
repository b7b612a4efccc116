import type { FrameLocator, Locator, Page } from 'playwright-core';
import { activeWebview } from './webview';

/** The form of an experiment file, in the active editor. */
export class ExperimentForm {
  readonly frame: FrameLocator;

  constructor(page: Page) {
    this.frame = activeWebview(page);
  }

  get trainButton(): Locator {
    return this.frame.locator('[data-action="train"]');
  }

  get cancelButton(): Locator {
    return this.frame.locator('[data-action="cancel"]');
  }

  /** Why training is not possible now. */
  get blocked(): Locator {
    return this.frame.locator('[data-blocked]');
  }

  /** Waits until the data has been looked at and training is possible. */
  async waitUntilReady(): Promise<void> {
    await this.frame.locator('[data-action="train"]:not([disabled])').waitFor();
  }

  /** The part of the form that edits a value of the file. @param path its keys, joined by dots. */
  field(path: string): Locator {
    return this.frame.locator(`[data-path=${JSON.stringify(path)}]`);
  }

  async select(path: string, value: string): Promise<void> {
    await this.field(path).locator('select').selectOption(value);
  }

  async chooseAlgorithm(id: string): Promise<void> {
    await this.frame.locator(`[data-algorithm=${JSON.stringify(id)}] input`).check();
  }

  async fill(path: string, value: string): Promise<void> {
    const input = this.field(path).locator('input');
    await input.fill(value);
    await input.press('Tab');
  }

  async train(): Promise<void> {
    await this.trainButton.click();
  }
}
