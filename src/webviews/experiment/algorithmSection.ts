import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { AlgorithmDeclaration } from '../../schema/algorithm';
import { notice } from '../shared/notice';
import { section } from '../shared/section';
import { changeAlgorithm } from './changes';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';
import { problemAt } from './problems';
import { defaultAlgorithmId } from '../../schema/defaultAlgorithm';

/** The algorithms that can do the task, as one group of radio buttons. */
export function algorithmSection(model: FormModel, context: FormContext): TemplateResult {
  const { algorithm, algorithms, file, task } = model;
  const title = algorithm?.label ?? file.algorithm ?? '';
  return section(context.navigation, { key: 'algorithm', title: 'Algorithm', digest: title }, () => html`
    ${algorithmProblem(model)}
    ${task === null
      ? html`<p class="muted">Known once the task is.</p>`
      : html`<div class="algorithms" role="radiogroup" aria-label="Algorithm" data-path="algorithm">${algorithms.map((declaration) => algorithmCard(declaration, model, context))}</div>`}`);
}

function algorithmProblem({ state, algorithm, algorithms, file, task }: FormModel): TemplateResult | typeof nothing {
  const told = problemAt(state, ['algorithm']);
  const unfit = algorithm !== undefined && task !== null && !algorithms.includes(algorithm) ? `${algorithm.label} can't do ${task}. Choose another algorithm.` : undefined;
  const unknown = algorithm === undefined ? `There is no algorithm "${file.algorithm ?? defaultAlgorithmId}". Choose one of these.` : undefined;
  const problem = told ?? unfit ?? unknown;
  return problem === undefined ? nothing : notice('error', problem);
}

function algorithmCard(declaration: AlgorithmDeclaration, model: FormModel, context: FormContext): TemplateResult {
  const { id, label, summary } = declaration;
  const chosen = model.algorithm?.id === id;
  return html`<label class="algorithm ${chosen ? 'chosen' : ''}" data-algorithm=${id}>
    <input type="radio" name="algorithm" value=${id} .checked=${live(chosen)} ?disabled=${model.disabled} aria-describedby="algorithm-${id}" @change=${() => context.edit(changeAlgorithm(model, id))} />
    <span class="algorithm-name">${label}${id === defaultAlgorithmId ? html` <span class="muted">(default)</span>` : nothing}</span>
    <span class="algorithm-summary muted" id="algorithm-${id}" title=${summary}>${summary}</span>
  </label>`;
}
