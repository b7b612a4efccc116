import type { Locator, Page } from 'playwright-core';

/** The notifications that pop up at the bottom right. */
export class Notifications {
  private readonly toasts: Locator;

  constructor(private readonly page: Page) {
    this.toasts = page.locator('.notification-toast .notification-list-item');
  }

  /** The one that holds a text, once it is there. */
  async withText(text: string | RegExp, timeout = 30_000): Promise<Locator> {
    const toast = this.toasts.filter({ hasText: text }).first();
    await toast.waitFor({ timeout });
    return toast;
  }

  async messages(): Promise<string[]> {
    return this.toasts.locator('.notification-list-item-message').allInnerTexts();
  }

  /** Takes away all that are shown. */
  async clear(): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget .quick-input-filter input').fill('>Notifications: Clear All Notifications');
    await this.page.keyboard.press('Enter');
    await this.toasts.first().waitFor({ state: 'detached' });
  }

  async press(text: string | RegExp, button: string): Promise<void> {
    const toast = await this.withText(text);
    await toast.locator('.monaco-button', { hasText: button }).click();
  }

  /** Waits until no more than so many are shown. */
  async untilCount(count: number): Promise<void> {
    await this.toasts.nth(count).waitFor({ state: 'detached' });
  }
}
