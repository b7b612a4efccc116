import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ExperimentFormState } from '../../schema/messages';
import { icon } from '../shared/icon';
import type { NavigationStore } from '../shared/navigation';
import { carryOut } from './changes';
import type { Path } from './edits';
import { openLayerKey } from './layerRows';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';

/** What is wrong with the value at a path or within it, as one text; undefined when nothing is. */
export function problemAt(state: ExperimentFormState, path: Path): string | undefined {
  const found = state.problems.filter((problem) => path.every((key, index) => problem.path[index] === key));
  return found.length === 0 ? undefined : found.map(({ message }) => message).join(' ');
}

/** Everything that is wrong, at the top of the page; a problem with a field of its own leads to it. */
export function problemSummary(model: FormModel, context: FormContext): TemplateResult | typeof nothing {
  const { state } = model;
  const { navigation } = context;
  if (state.problems.length === 0) {
    return nothing;
  }
  return html`<div class="notice error problems" role="alert" data-notice="problems">
    ${icon('error')}
    <ul class="text">
      ${state.problems.map(({ path, message, mend }) => html`<li data-problem=${path.join('.')}>
        ${path.length === 0 ? message : html`<button class="link" type="button" @click=${() => goToField(path, navigation)}>${message}</button>`}
        ${mend === undefined || model.disabled ? nothing : html`<button class="link mend" type="button" data-action="mend" @click=${() => context.edit(carryOut(model, mend.change))}>${mend.label}</button>`}
      </li>`)}
    </ul>
  </div>`;
}

/** The section in which the field of a key of the file stands. */
const sectionOf: Readonly<Record<string, string>> = {
  data: 'data', target: 'target', task: 'target', features: 'features', prepare: 'preparation', split: 'split', validation: 'split', seed: 'split',
  algorithm: 'algorithm', hyperparameters: 'hyperparameters',
};

/** Opens the section that holds a path's field, scrolls there and puts the cursor into it. */
function goToField(path: Path, navigation: NavigationStore): void {
  const section = sectionOf[String(path[0])];
  if (section !== undefined) {
    navigation.setOpen(section, true);
  }
  if (section === 'preparation') {
    navigation.setOpen('advancedPreparation', true);
  }
  if (section === 'hyperparameters') {
    navigation.setOpen('advanced', true);
    // Of a layer: its indices stand at every other place, before its field's name.
    const place = path.slice(2).filter((key) => typeof key === 'number');
    if (place.length > 0) {
      navigation.choose(openLayerKey, place.join('.'));
    }
  }
  // Fields that are elements of their own render after their section.
  requestAnimationFrame(() => {
    const names = path.map((_, index) => path.slice(0, path.length - index).join('.'));
    const field = names.map((name) => document.querySelector(`[data-path="${CSS.escape(name)}"]`)).find((element) => element !== null);
    field?.scrollIntoView({ block: 'center' });
    const control = field?.matches('button') === true ? field : (field?.querySelector('input, select') ?? field?.querySelector('button'));
    if (control instanceof HTMLElement) {
      control.focus();
    }
  });
}
