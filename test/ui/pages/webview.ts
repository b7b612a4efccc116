import type { FrameLocator, Page } from 'playwright-core';

/** The document inside the webview of the active editor: VS Code wraps it in two frames. */
export function activeWebview(page: Page): FrameLocator {
  return page.locator('iframe.webview.ready:visible').last().contentFrame().frameLocator('iframe#active-frame');
}
