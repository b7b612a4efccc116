import { strict as assert } from 'node:assert';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../../rig/browser';
import { outFolder } from '../../rig/paths';
import { themes, ViewServer } from './viewServer';
import type { Theme, View } from './viewServer';

export interface ViewOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** What the view kept before. */
  readonly kept?: unknown;
  readonly reducedMotion?: boolean;
}

interface TestState {
  posted: Posted[];
  violations: string[];
  state: unknown;
}

export interface Posted {
  readonly kind: string;
  readonly [key: string]: unknown;
}

declare const trainyardTest: TestState;

/** One view in a browser page, with the test in the extension's place. */
export class ViewPage {
  private readonly trouble: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.trouble.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.trouble.push(`${message.type()}: ${message.text()}`);
      }
    });
  }

  static async open(browser: Browser, server: ViewServer, view: View, options: ViewOptions = {}): Promise<ViewPage> {
    const { theme = 'dark', width = 1100, height = 800, kept, reducedMotion = false } = options;
    const page = await browser.newPage({
      viewport: { width, height },
      colorScheme: theme.startsWith('light') || theme === 'highContrastLight' ? 'light' : 'dark',
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      acceptDownloads: true,
    });
    // The test runner's compiler wraps functions in a call of this helper, also those that are evaluated in the page.
    await page.addInitScript('globalThis.__name = (value) => value;');
    const opened = new ViewPage(page);
    await page.goto(server.address(view, theme, kept));
    await page.waitForFunction(() => trainyardTest.posted.some(({ kind }) => kind === 'ready'));
    return opened;
  }

  /** Sends a message as the extension would and waits until it is on the page. */
  async send(message: unknown): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, '*'), message);
    await this.settle();
  }

  /** Waits for two frames: custom elements render in a microtask, charts and observers in a frame. */
  async settle(): Promise<void> {
    await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }

  /** Everything that the view said since the last call, without the first `ready`. */
  async posted(): Promise<Posted[]> {
    await this.settle();
    const messages = await this.page.evaluate(() => trainyardTest.posted.splice(0));
    return messages.filter(({ kind }) => kind !== 'ready');
  }

  async kept(): Promise<unknown> {
    return this.page.evaluate(() => trainyardTest.state);
  }

  locator(selector: string): Locator {
    return this.page.locator(selector);
  }

  async setTheme(theme: Theme): Promise<void> {
    await this.page.evaluate(({ variables, bodyClass }) => {
      document.documentElement.removeAttribute('style');
      for (const [name, value] of Object.entries(variables)) {
        document.documentElement.style.setProperty(name, String(value));
      }
      document.body.className = bodyClass;
    }, themes[theme] ?? { variables: {}, bodyClass: '' });
    await this.settle();
  }

  async screenshot(name: string, fullPage = true): Promise<void> {
    // A picture of the whole page shows what sticks to the top in the middle of it unless the page is at its top.
    await this.page.screenshot({ path: path.join(outFolder, 'screenshots', 'webviews', `${name}.png`), fullPage });
  }

  /** Fails when anything went wrong in the page: errors, warnings, breaches of the security policy. */
  async close(): Promise<void> {
    const violations = await this.page.evaluate(() => trainyardTest.violations);
    await this.page.close();
    assert.deepEqual([...this.trouble, ...violations], []);
  }
}

/** Opens views for the tests of a `describe`, and closes each after its test, which fails if the page had any trouble. */
export function useViews(view: View): (options?: ViewOptions) => Promise<ViewPage> {
  let browser: Browser;
  let server: ViewServer;
  let open: ViewPage[] = [];
  before(async () => {
    [browser, server] = await Promise.all([launchBrowser(), ViewServer.start()]);
  });
  afterEach(async () => {
    const closing = open;
    open = [];
    for (const page of closing) {
      await page.close();
    }
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });
  return async (options) => {
    const page = await ViewPage.open(browser, server, view, options);
    open.push(page);
    return page;
  };
}
