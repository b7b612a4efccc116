import * as vscode from 'vscode';

/**
 * Stands in for the panel that VS Code gives to a custom editor, so that a test can say what the page would say and read
 * what the page would be told. A real page can't be reached from the extension host.
 */
export class FakePanel {
  /** Everything that was sent to the page. */
  readonly sent: unknown[] = [];
  private readonly messages = new vscode.EventEmitter<unknown>();
  private readonly disposal = new vscode.EventEmitter<void>();
  private readonly viewState = new vscode.EventEmitter<vscode.WebviewPanelOnDidChangeViewStateEvent>();
  private readonly webview = {
    options: {},
    html: '',
    cspSource: 'https://webview',
    onDidReceiveMessage: this.messages.event,
    asWebviewUri: (uri: vscode.Uri) => uri,
    postMessage: async (message: unknown) => {
      this.sent.push(message);
      return true;
    },
  };

  /** The panel as an editor gets it. */
  readonly panel = {
    title: '',
    visible: true,
    active: true,
    webview: this.webview,
    onDidDispose: this.disposal.event,
    onDidChangeViewState: this.viewState.event,
  } as unknown as vscode.WebviewPanel;

  /** The page that the editor set up. */
  get html(): string {
    return this.webview.html;
  }

  get options(): vscode.WebviewOptions {
    return this.webview.options;
  }

  /** Says what the page would say. */
  say(message: unknown): void {
    this.messages.fire(message);
  }

  dispose(): void {
    this.disposal.fire();
  }
}
