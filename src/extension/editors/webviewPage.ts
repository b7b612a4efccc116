import * as vscode from 'vscode';
import type { z } from 'zod';
import { Disposables } from '../lifecycle';
import { notificationText, sentenceFor } from '../userError';
import { pageHtml, type PageName } from './pageHtml';

/** What makes up a page. */
export interface PageOptions<Incoming extends { readonly kind: string }> {
  readonly name: PageName;
  readonly title: string;
  readonly incoming: z.ZodType<Incoming>;
  /** Kept in the page's own state, from which VS Code restores a panel after a reload. */
  readonly restore?: unknown;
  /** Called for every message but `ready`; what it throws is shown to the user. */
  onMessage(message: Exclude<Incoming, { kind: 'ready' }>): unknown;
  /** The latest complete snapshot, or several messages that make it up together. @param isFirst true for a page that knows nothing yet. */
  snapshot(isFirst: boolean): Promise<unknown>;
}

/**
 * A page of ours in a webview: sets it up, checks what it says, and sends it complete snapshots, only while it can be seen
 * and never two at a time. A page that was hidden says `ready` anew, since hidden pages aren't kept.
 */
export class WebviewPage<Incoming extends { readonly kind: string }> extends Disposables {
  private isReady = false;
  private sending = false;
  private sendAgain = false;
  private isFresh = true;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    private readonly options: PageOptions<Incoming>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    const assets = vscode.Uri.joinPath(extensionUri, 'dist', 'webviews');
    const { webview } = panel;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    webview.options = { enableScripts: true, localResourceRoots: [assets] };
    this.track(webview.onDidReceiveMessage((message: unknown) => void this.receive(message)));
    this.track(panel.onDidChangeViewState(() => {
      if (!panel.visible) {
        this.isReady = false;
      }
    }));
    this.track(panel.onDidDispose(() => this.dispose()));
    webview.html = pageHtml({
      ...options,
      cspSource: webview.cspSource,
      assetUri: (file) => webview.asWebviewUri(vscode.Uri.joinPath(assets, file)).toString(),
    });
  }

  /** Sends a snapshot soon; calls while one is being made lead to one more. */
  update(): void {
    void this.send();
  }

  /** Sends an answer at once; a page that can't be seen needs none. */
  post(message: object): void {
    if (this.isReady && !this.disposed) {
      void this.panel.webview.postMessage(message);
    }
  }

  private async send(): Promise<void> {
    if (this.sending) {
      this.sendAgain = true;
      return;
    }
    this.sending = true;
    try {
      do {
        this.sendAgain = false;
        if (this.isReady && !this.disposed) {
          const isFirst = this.isFresh;
          this.isFresh = false;
          const snapshot = await this.options.snapshot(isFirst);
          // Disposed while it was made.
          if (!this.disposed as boolean) {
            await Promise.all((Array.isArray(snapshot) ? snapshot : [snapshot]).map((message: unknown) => this.panel.webview.postMessage(message)));
          }
        }
      } while (this.sendAgain as boolean);
    } catch (error) {
      this.log.error(`The ${this.options.name} view could not be brought up to date: ${sentenceFor(error)}`);
    } finally {
      this.sending = false;
    }
  }

  private async receive(message: unknown): Promise<void> {
    const parsed = this.options.incoming.safeParse(message);
    if (!parsed.success) {
      this.log.warn(`Refused a message of the ${this.options.name} view: ${parsed.error.issues[0]?.message ?? 'unknown problem'}`);
      return;
    }
    if (parsed.data.kind === 'ready') {
      this.isReady = true;
      this.isFresh = true;
      this.update();
      return;
    }
    try {
      await this.options.onMessage(parsed.data as Exclude<Incoming, { kind: 'ready' }>);
    } catch (error) {
      this.log.error(sentenceFor(error));
      void vscode.window.showErrorMessage(notificationText(sentenceFor(error)));
    }
  }
}
