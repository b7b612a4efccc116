import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { outFolder } from '../../rig/paths';
import type { ColorTheme, VsCodeServer } from '../../rig/server';
import { colorThemes } from '../../rig/server';
import { CommandPalette } from './commandPalette';
import { Explorer } from './explorer';
import { Notifications } from './notifications';
import { QuickPick } from './quickPick';
import { TreeView } from './treeView';
import { activeWebview } from './webview';

/** One window of VS Code. */
export class Workbench {
  readonly explorer: Explorer;
  readonly quickPick: QuickPick;
  readonly commands: CommandPalette;
  readonly notifications: Notifications;
  /** What the window's pages reported as blocked by a Content Security Policy. */
  readonly securityViolations: string[] = [];

  private constructor(readonly page: Page) {
    this.explorer = new Explorer(page);
    this.quickPick = new QuickPick(page);
    this.commands = new CommandPalette(page);
    this.notifications = new Notifications(page);
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) {
        this.securityViolations.push(message.text());
      }
    });
  }

  /** Opens a window on a folder and waits until its files are shown. */
  static async open(browser: Browser, server: VsCodeServer, folder: string): Promise<Workbench> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(30_000);
    const workbench = new Workbench(page);
    await page.goto(server.windowUrl(folder));
    await workbench.ready();
    return workbench;
  }

  /** Reloads the window as "Developer: Reload Window" does: the extension host ends and a new one starts. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  tree(title: string): TreeView {
    return new TreeView(this.page, title);
  }

  /** Opens a view container by the name of its icon in the activity bar. */
  async openContainer(name: string): Promise<void> {
    const icon = this.containerIcon(name);
    await icon.waitFor();
    if ((await icon.getAttribute('aria-expanded')) !== 'true') {
      await icon.click();
    }
  }

  /** The document of the active editor's webview. */
  get webview(): FrameLocator {
    return activeWebview(this.page);
  }

  tab(title: string | RegExp): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: title });
  }

  async closeAllEditors(): Promise<void> {
    await this.commands.run('View: Close All Editors');
  }

  async setTheme(theme: ColorTheme): Promise<void> {
    await this.commands.run('Preferences: Color Theme');
    const { label } = colorThemes[theme];
    await this.quickPick.type(label);
    await this.quickPick.choose(label);
  }

  /** Takes the mouse off everything that answers to it, and waits until what fades or grows into place has done so. */
  async settle(): Promise<void> {
    await this.page.mouse.move(720, 890);
    await this.page.waitForTimeout(500);
  }

  /** Leaves a picture of the window in out/screenshots. */
  async screenshot(name: string): Promise<void> {
    const folder = path.join(outFolder, 'screenshots');
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  private containerIcon(name: string): Locator {
    return this.page.locator(`.activitybar .action-item a[aria-label^=${JSON.stringify(name)}]`);
  }

  private async ready(): Promise<void> {
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 30_000 });
    // Files can show before the extension's own entries are in the menus; its icon comes with them.
    await this.containerIcon('Trainyard').waitFor();
  }
}
