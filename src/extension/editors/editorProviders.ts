import * as vscode from 'vscode';
import { sentenceFor } from '../userError';
import type { Services } from '../services';
import { comparisonViewType, datasetViewType, experimentViewType, resultsViewType } from '../viewTypes';
import type { RunChooser } from './comparisonPanel';
import type { DatasetEditor } from './datasetEditor';

/** Opens the form over `*.experiment.json` files. The editors' code is loaded when the first one opens. */
export class ExperimentEditorProvider implements vscode.CustomTextEditorProvider {
  constructor(private readonly services: Services) {}

  async resolveCustomTextEditor(document: vscode.TextDocument, panel: vscode.WebviewPanel): Promise<void> {
    const { ExperimentEditor } = await import('./experimentEditor');
    const editor = new ExperimentEditor(document, panel, this.services);
    panel.onDidDispose(() => editor.dispose());
  }
}

/** Opens the results dashboard over `run.json` files. */
export class ResultsEditorProvider implements vscode.CustomReadonlyEditorProvider {
  constructor(private readonly services: Services) {}

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor(document: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const { ResultsEditor } = await import('./resultsEditor');
    const editor = new ResultsEditor(document.uri, panel, this.services);
    panel.onDidDispose(() => editor.dispose());
  }
}

/** Opens the dataset view over data files, where the user asks for it. */
export class DatasetEditorProvider implements vscode.CustomReadonlyEditorProvider {
  private readonly open = new Set<DatasetEditor>();

  constructor(private readonly services: Services) {}

  /** The view that the user looks at. */
  get active(): DatasetEditor | undefined {
    return [...this.open].find((editor) => editor.active);
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor(document: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const { DatasetEditor } = await import('./datasetEditor');
    const editor = new DatasetEditor(document.uri, panel, this.services);
    this.open.add(editor);
    panel.onDidDispose(() => {
      this.open.delete(editor);
      editor.dispose();
    });
  }
}

/** The providers of all editors. */
export interface EditorProviders {
  readonly experiments: ExperimentEditorProvider;
  readonly results: ResultsEditorProvider;
  readonly datasets: DatasetEditorProvider;
}

/** Registers the editors, and what restores comparisons after a window reload. */
export function registerEditors(
  { experiments, results, datasets }: EditorProviders,
  services: Services,
  choose: RunChooser,
): vscode.Disposable {
  const options = { supportsMultipleEditorsPerDocument: true };
  return vscode.Disposable.from(
    vscode.window.registerCustomEditorProvider(experimentViewType, experiments, options),
    vscode.window.registerCustomEditorProvider(resultsViewType, results, options),
    vscode.window.registerCustomEditorProvider(datasetViewType, datasets, options),
    vscode.window.registerWebviewPanelSerializer(comparisonViewType, {
      async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
        try {
          const { restoreComparison } = await import('./comparisonPanel');
          restoreComparison(panel, state, services, choose);
        } catch (error) {
          services.log.error(`A comparison could not be restored: ${sentenceFor(error)}`);
          panel.dispose();
        }
      },
    }),
  );
}
