import type { Locator, Page } from 'playwright-core';

/** The notifications that pop up at the bottom right. */
export class Notifications {
  private readonly toasts: Locator;

  constructor(page: Page) {
    this.toasts = page.locator('.notification-toast .notification-list-item');
  }

  /** The one that holds a text, once it is there. */
  async withText(text: string | RegExp, timeout = 15_000): Promise<Locator> {
    const toast = this.toasts.filter({ hasText: text }).first();
    await toast.waitFor({ timeout });
    return toast;
  }

  async messages(): Promise<string[]> {
    return this.toasts.locator('.notification-list-item-message').allInnerTexts();
  }

  async press(text: string | RegExp, button: string): Promise<void> {
    const toast = await this.withText(text);
    await toast.locator('.monaco-button', { hasText: button }).click();
  }

  async count(text: string | RegExp): Promise<number> {
    return this.toasts.filter({ hasText: text }).count();
  }
}
