import path from 'node:path';
import * as vscode from 'vscode';
import { dataFileTypeOf } from '../../schema/dataFiles';
import type { Profile } from '../../schema/profile';
import { engineMethods, type DataDialect, type LocatedCells, type LocateParams, type TextSpan } from '../../schema/protocol';
import type { QuestionEngine } from '../engineClient/questionEngine';
import { FolderWatch } from '../folderWatch';
import { Debouncer, Disposables } from '../lifecycle';
import { sentenceFor } from '../userError';
import { collectProblems, type DataProblem } from './collectProblems';

/** What a diagnostic of ours is about; kept beside it, because VS Code hands back copies. */
interface Shown {
  readonly problem: DataProblem;
  readonly range: vscode.Range;
}

const severities = {
  error: vscode.DiagnosticSeverity.Error, warning: vscode.DiagnosticSeverity.Warning, info: vscode.DiagnosticSeverity.Information,
} as const;

/** A file that changes again and again is looked at when it has come to rest. */
const restMilliseconds = 200;

/**
 * Shows in the Problems view what is odd about data files, on their own lines and cells: after each new profile of a file, until the
 * file changes or the user has had enough of it.
 */
export class DataProblems extends Disposables {
  readonly collection = this.track(vscode.languages.createDiagnosticCollection('Trainyard'));
  private readonly shown = new Map<string, readonly Shown[]>();
  private readonly watches = new Map<string, Disposables>();
  private readonly latest = new Map<string, symbol>();

  constructor(
    private readonly questions: QuestionEngine,
    private readonly docs: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.track(vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) {
        this.clear(document.uri);
      }
    }));
    this.track(vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('trainyard.problems')) {
        [...this.shown.keys()].filter((file) => limitFor(vscode.Uri.file(file)) === 0).forEach((file) => this.clear(vscode.Uri.file(file)));
      }
    }));
    this.track({ dispose: () => [...this.watches.values()].forEach((watch) => watch.dispose()) });
  }

  /** Shows what a profile has found in a file, in place of what was shown of it. @returns how many problems that are. */
  async show(file: string, dialect: DataDialect, profile: Profile): Promise<number> {
    const uri = vscode.Uri.file(file);
    const problems = dataFileTypeOf(file)?.plainText === true ? collectProblems(profile, limitFor(uri)) : [];
    const ticket = Symbol(file);
    this.latest.set(file, ticket);
    const spans = problems.length === 0 ? [] : await this.locate(file, dialect, problems);
    if (this.latest.get(file) !== ticket || this.disposed) {
      return 0;
    }
    const shown = problems.flatMap((problem, i) => {
      const span = spans[i];
      return span === null || span === undefined ? [] : [{ problem, range: rangeOf(span) }];
    });
    this.shown.set(file, shown);
    this.collection.set(uri, shown.map(({ problem, range }) => this.diagnostic(problem, range)));
    this.watch(file);
    return shown.length;
  }

  /** Takes away what is shown of a file; a new profile shows it again. */
  clear(uri: vscode.Uri): void {
    const file = uri.fsPath;
    this.latest.delete(file);
    this.shown.delete(file);
    this.watches.get(file)?.dispose();
    this.watches.delete(file);
    this.collection.delete(uri);
  }

  /** What is shown at a place of a file. */
  at(uri: vscode.Uri, range: vscode.Range): readonly Shown[] {
    return (this.shown.get(uri.fsPath) ?? []).filter((each) => each.range.intersection(range) !== undefined);
  }

  private diagnostic({ code, severity, message }: DataProblem, range: vscode.Range): vscode.Diagnostic {
    const diagnostic = new vscode.Diagnostic(range, message, severities[severity]);
    diagnostic.source = 'Trainyard';
    diagnostic.code = { value: code, target: this.docs };
    return diagnostic;
  }

  private async locate(file: string, dialect: DataDialect, problems: readonly DataProblem[]): Promise<LocatedCells['spans']> {
    const params: LocateParams = { ...dialect, file, cells: problems.map(({ line, column }) => ({ line, ...(column === undefined ? {} : { column }) })) };
    try {
      const never = new AbortController().signal;
      return (await this.questions.use((engine) => engine.request<LocatedCells>(engineMethods.locateCells, params, never))).spans;
    } catch (error) {
      // The profile says what is wrong with the file; here only its places are missing.
      this.log.warn(`The problems of ${path.basename(file)} could not be placed: ${sentenceFor(error)}`);
      return [];
    }
  }

  private watch(file: string): void {
    if (this.watches.has(file)) {
      return;
    }
    const watch = new Disposables();
    this.watches.set(file, watch);
    const changed = watch.track(new Debouncer(() => this.clear(vscode.Uri.file(file)), restMilliseconds, restMilliseconds));
    try {
      watch.track(new FolderWatch(path.dirname(file), (name) => {
        if (name === undefined || name === path.basename(file)) {
          changed.call();
        }
      }));
    } catch (error) {
      this.log.debug(`${file} is not watched: ${sentenceFor(error)}`);
    }
  }
}

function rangeOf({ line, character, endLine, endCharacter }: TextSpan): vscode.Range {
  return new vscode.Range(line - 1, character, endLine - 1, endCharacter);
}

/** How many problems a file may show; none when they are turned off. */
function limitFor(uri: vscode.Uri): number {
  const settings = vscode.workspace.getConfiguration('trainyard.problems', uri);
  return settings.get('enabled', true) ? settings.get('maximum', 300) : 0;
}
