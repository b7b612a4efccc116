/** The bridge that VS Code gives every webview, once. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** One webview's line to the extension: typed both ways, and the place that keeps navigation state across reloads. */
export interface Host<Outgoing> {
  post(message: Outgoing): void;
  /** What `keep` stored before the view was hidden or the window reloaded; undefined the first time. */
  readonly kept: unknown;
  keep(state: unknown): void;
}

/**
 * Connects to the extension and says `ready`. Call it once, after everything that `receive` needs exists.
 *
 * @param receive gets every message; the extension is the only sender that a webview has.
 */
export function connectToHost<Incoming, Outgoing>(receive: (message: Incoming) => void): Host<Outgoing | { readonly kind: 'ready' }> {
  const api = acquireVsCodeApi();
  window.addEventListener('message', (event: MessageEvent<Incoming>) => receive(event.data));
  return {
    post: (message) => api.postMessage(message),
    kept: api.getState(),
    keep: (state) => api.setState(state),
  };
}
