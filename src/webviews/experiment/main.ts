import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, render } from 'lit';
import type { TemplateResult } from 'lit';
import type { ExampleRow, ExampleRowFailed, ExperimentFormState, FromExperimentForm, ToExperimentForm } from '../../schema/messages';
import '../shared/base.css';
import { connectToHost } from '../shared/host';
import { NavigationStore } from '../shared/navigation';
import { emptyPage, notice } from '../shared/notice';
import { algorithmSection } from './algorithmSection';
import type { EditBatch } from './edits';
import './experiment.css';
import './fields.css';
import './algorithms.css';
import './featureTable.css';
import './steps.css';
import './layers.css';
import './runs.css';
// Last: they have the last word where the editor is wide or narrow.
import './widths.css';
import { featureSection } from './featureSection';
import { dataSection } from './dataSection';
import type { FormContext } from './formContext';
import { formHeader } from './formHeader';
import { formModel } from './formModel';
import type { FormModel } from './formModel';
import { hyperparameterSection } from './hyperparameterSection';
import { patience, PendingEdits } from './pendingEdits';
import { preflightPanel } from './preflightPanel';
import { preparationSection } from './preparationSection';
import { problemSummary } from './problems';
import { runsList } from './runsList';
import { splitSection } from './splitSection';
import { stepsSection } from './stepsSection';
import { targetSection } from './targetSection';

/** How often ages such as "5 min ago" are brought up to date. */
const ageInterval = 30_000;

/** The experiment form: shows the latest snapshot with the user's own edits on top. */
class ExperimentForm {
  private state: ExperimentFormState | undefined;
  private readonly pending = new PendingEdits();
  private readonly host = connectToHost<ToExperimentForm, FromExperimentForm>((message) => this.receive(message));
  /** Who waits for a row, by the number of the question. */
  private readonly asked = new Map<number, (answer: ExampleRow | ExampleRowFailed) => void>();
  private questions = 0;
  private readonly context: FormContext = {
    navigation: new NavigationStore(this.host, () => this.render()),
    edit: (batch) => this.edit(batch),
    post: (message) => this.host.post(message),
    exampleRow: (row) => this.exampleRow(row),
  };

  constructor(private readonly root: HTMLElement) {
    setInterval(() => this.render(), ageInterval);
    this.host.post({ kind: 'ready' });
  }

  private receive(message: ToExperimentForm): void {
    if (message.kind !== 'experiment') {
      this.asked.get(message.request)?.(message);
      this.asked.delete(message.request);
      return;
    }
    const { state } = message;
    this.state = state;
    if (state.file !== null) {
      this.pending.confirm(state.file, Date.now());
    }
    this.render();
    this.context.navigation.restoreScroll();
  }

  private exampleRow(row: number): Promise<ExampleRow | ExampleRowFailed> {
    const request = this.questions++;
    return new Promise((resolve) => {
      this.asked.set(request, resolve);
      this.host.post({ kind: 'exampleRow', request, row });
    });
  }

  private edit({ edits }: EditBatch): void {
    if (edits.length > 0) {
      this.pending.add(edits, Date.now());
      this.host.post({ kind: 'edit', edits });
      this.render();
      // An edit that was refused has to disappear from the form again.
      setTimeout(() => this.render(), patience + 50);
    }
  }

  private render(): void {
    if (this.state !== undefined) {
      render(this.page(this.state), this.root);
    }
  }

  private page(state: ExperimentFormState): TemplateResult {
    if (state.file === null) {
      return emptyPage('json', html`${state.fileName} can't be read as an experiment. ${state.problems.map(({ message }) => message).join(' ')}`, html`
        <vscode-button data-action="openText" @click=${() => this.host.post({ kind: 'openText' })}>Open as text</vscode-button>`);
    }
    return formPage(formModel(state, this.pending.applyTo(state.file, Date.now())), this.context);
  }
}

function formPage(model: FormModel, context: FormContext): TemplateResult {
  const { state } = model;
  return html`<main class="page form-page">
    ${formHeader(model, context)}
    <div class="form-columns">
      <div class="form-main">
        ${state.data.status === 'failed' ? notice('error', state.data.message, html`<button class="link" type="button" @click=${() => context.post({ kind: 'openData' })}>Open the data</button>`) : nothing}
        ${problemSummary(model, context)}
        ${preflightPanel(model, context)}
        ${targetSection(model, context)}
        ${featureSection(model, context)}
        ${preparationSection(model, context)}
        ${stepsSection(model, context)}
        ${splitSection(model, context)}
        ${algorithmSection(model, context)}
        ${hyperparameterSection(model, context)}
        ${dataSection(model, context)}
      </div>
      ${runsList(model, context)}
    </div>
  </main>`;
}

const root = document.getElementById('root');
if (root !== null) {
  new ExperimentForm(root);
}
