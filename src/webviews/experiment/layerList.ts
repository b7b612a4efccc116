import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { LayerKind } from '../../schema/layers';
import { isLayerKind, layerKinds, layerNumber } from '../../schema/layers';
import { dropPlace } from '../shared/dragging';
import { formatCount } from '../shared/format';
import { icon } from '../shared/icon';
import type { LayerRow, Place } from './layerRows';

/** What the list shows and what it may do. */
export interface LayerListOptions {
  readonly rows: readonly LayerRow[];
  /** What the first layer gets; undefined while that isn't known. */
  readonly input: string | undefined;
  /** The layer that answers. */
  readonly answer: { readonly label: string; readonly output: string | undefined; readonly parameters: number | undefined };
  /** A layer's place in the file, its keys joined by dots. */
  pathOf(place: Place): string;
  readonly offered: readonly (readonly [group: string, kinds: readonly LayerKind[]])[];
  /** Absent where layers follow from the simple settings. */
  readonly actions?: LayerActions;
}

export interface LayerActions {
  add(place: Place, kind: LayerKind): void;
  remove(place: Place): void;
  move(place: Place, to: number): void;
  /** The layer whose fields are shown; '' for none. */
  readonly open: string;
  setOpen(key: string): void;
  /** Fields of a layer. */
  fields(row: LayerRow): TemplateResult | typeof nothing;
}

const keyOf = (place: Place): string => place.join('.');

/**
 * The layers of a network in their order, each with what it hands on. Where they can be edited, one at a time shows its fields; they are
 * moved by their handle, by Alt with an arrow key, or by buttons.
 */
@customElement('trainyard-layers')
export class LayerList extends LitElement {
  @property({ attribute: false }) options: LayerListOptions | undefined;
  /** What a screen reader is told of the latest change. */
  @state() private told = '';
  @state() private drag: { readonly from: Place; readonly to: number } | undefined;
  /** The layer that gets the focus once the list is drawn anew. */
  private wanted: string | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('options') && this.wanted !== undefined) {
      const row = this.querySelector(`[data-layer="${this.wanted}"] .layer-name`);
      this.wanted = undefined;
      if (row instanceof HTMLElement) {
        row.focus();
        row.scrollIntoView({ block: 'nearest' });
      }
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const { options } = this;
    if (options === undefined) {
      return nothing;
    }
    return html`
      <div class="layer-line layer-head" aria-hidden="true"><span></span><span></span><span>Layer</span><span class="number">Output shape</span><span class="number">Parameters</span><span></span></div>
      ${endLine('Input', 'one row', options.input, undefined)}
      ${this.list(options.rows, [], options)}
      ${endLine('Output', options.answer.label, options.answer.output, options.answer.parameters)}
      <p class="visually-hidden" role="status">${this.told}</p>`;
  }

  private list(rows: readonly LayerRow[], around: Place, options: LayerListOptions): TemplateResult {
    const { actions } = options;
    const { drag } = this;
    const isDragged = (index: number): boolean => drag !== undefined && keyOf(drag.from) === keyOf([...around, index]);
    const isTarget = drag !== undefined && keyOf(drag.from.slice(0, -1)) === keyOf(around);
    const mark = (index: number): string => {
      const from = drag?.from.at(-1) ?? 0;
      return !isTarget || index !== drag.to || index === from ? '' : drag.to < from ? 'drop-before' : 'drop-after';
    };
    return html`<ol class="layer-list ${around.length === 0 ? '' : 'inner'}" data-layers=${keyOf(around)}>
      ${repeat(rows, (row) => keyOf(row.place), (row, index) => html`<li class="layer ${isDragged(index) ? 'dragged' : ''} ${mark(index)} ${row.problem === undefined ? '' : 'misfit'}" data-layer=${keyOf(row.place)} data-path=${options.pathOf(row.place)} data-kind=${row.kind}>
        ${this.line(row, actions)}
        ${row.problem === undefined ? nothing : html`<p class="layer-problem" id="layer-${keyOf(row.place)}-problem" role="alert">${icon('error', 'error')}<span>${row.problem}</span></p>`}
        ${actions !== undefined && actions.open === keyOf(row.place) ? html`<div class="layer-fields">${actions.fields(row)}</div>` : nothing}
        ${row.layer['kind'] === 'residual' ? this.list(row.layers, row.place, options) : nothing}
      </li>`)}
    </ol>
    ${actions === undefined ? nothing : this.adder(rows, around, options, actions)}`;
  }

  private line(row: LayerRow, actions: LayerActions | undefined): TemplateResult {
    const { place, label, summary, output, parameters, problem } = row;
    const key = keyOf(place);
    const isOpen = actions?.open === key;
    const name = html`<span class="layer-label">${label}</span> <span class="muted layer-summary">${summary}</span>`;
    return html`<div class="layer-line" @keydown=${(event: KeyboardEvent) => this.onKey(event, row, actions)}>
      ${actions === undefined ? html`<span></span>` : html`<span class="grip" title="Drag to move" @pointerdown=${(event: PointerEvent) => this.dragFrom(event, row, actions)}>${icon('gripper')}</span>`}
      <span class="layer-number muted">${layerNumber(place)}</span>
      ${actions === undefined
        ? html`<span class="layer-name">${name}</span>`
        : html`<button class="layer-name" type="button" aria-expanded=${isOpen ? 'true' : 'false'} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown" aria-describedby=${problem === undefined ? nothing : `layer-${key}-problem`}
            title="Edit its fields; Alt+↑ and Alt+↓ move it" @click=${() => actions.setOpen(isOpen ? '' : key)}><span class="visually-hidden">Layer ${layerNumber(place)}:</span>${icon('chevron-right', isOpen ? 'chevron open' : 'chevron')}${name}</button>`}
      <span class="number layer-output"><span class="layer-unit muted">→ </span>${output ?? html`<span class="muted" title="Known once it fits">–</span>`}</span>
      <span class="number layer-parameters">${parameters === undefined ? html`<span class="muted">–</span>` : formatCount(parameters)}<span class="layer-unit muted"> parameters</span></span>
      ${actions === undefined ? html`<span></span>` : this.buttons(row, actions)}
    </div>`;
  }

  private buttons(row: LayerRow, actions: LayerActions): TemplateResult {
    const { place, label, siblings } = row;
    const index = place.at(-1) ?? 0;
    const called = `layer ${layerNumber(place)}, ${label}`;
    return html`<span class="layer-actions">
      <button class="icon-button" type="button" title="Move up (Alt+↑)" aria-label="Move ${called} up" data-action="layerUp" ?disabled=${index === 0} @click=${() => this.moveBy(row, -1, actions)}>${icon('arrow-up')}</button>
      <button class="icon-button" type="button" title="Move down (Alt+↓)" aria-label="Move ${called} down" data-action="layerDown" ?disabled=${index === siblings - 1} @click=${() => this.moveBy(row, 1, actions)}>${icon('arrow-down')}</button>
      <button class="icon-button" type="button" title="Remove" aria-label="Remove ${called}" data-action="removeLayer" @click=${() => this.removeLayer(row, actions)}>${icon('close')}</button>
    </span>`;
  }

  private adder(rows: readonly LayerRow[], around: Place, { offered }: LayerListOptions, actions: LayerActions): TemplateResult {
    const after = rows.find(({ place }) => keyOf(place) === actions.open);
    const index = after === undefined ? rows.length : (after.place.at(-1) ?? 0) + 1;
    const where = after === undefined ? (around.length === 0 ? 'Add a layer…' : 'Add a layer to the block…') : `Add a layer after ${layerNumber(after.place)}…`;
    const add = (event: Event): void => {
      if (event.target instanceof HTMLSelectElement && isLayerKind(event.target.value)) {
        const { value } = event.target;
        event.target.value = '';
        this.addLayer([...around, index], value, actions);
      }
    };
    return html`<div class="layer-add ${around.length === 0 ? '' : 'inner'}">
      <select aria-label=${where.replace('…', '')} data-add-layer=${keyOf(around)} @change=${add}>
        <option value="" selected>${where}</option>
        ${offered.map(([group, kinds]) => html`<optgroup label=${group}>${kinds.map((kind) => html`<option value=${kind} title=${layerKinds[kind].help}>${layerKinds[kind].label}</option>`)}</optgroup>`)}
      </select>
    </div>`;
  }

  private addLayer(place: Place, kind: LayerKind, actions: LayerActions): void {
    this.told = `${layerKinds[kind].label} added as layer ${layerNumber(place)}.`;
    this.wanted = keyOf(place);
    actions.add(place, kind);
    actions.setOpen(keyOf(place));
  }

  private removeLayer({ place, label, siblings }: LayerRow, actions: LayerActions): void {
    this.told = `${label} removed.`;
    const index = place.at(-1) ?? 0;
    this.wanted = siblings === 1 ? undefined : keyOf([...place.slice(0, -1), Math.min(index, siblings - 2)]);
    actions.setOpen('');
    actions.remove(place);
  }

  private moveBy({ place, label, siblings }: LayerRow, by: number, actions: LayerActions): void {
    const to = (place.at(-1) ?? 0) + by;
    if (to >= 0 && to < siblings) {
      this.moveTo(place, to, label, actions);
    }
  }

  private moveTo(place: Place, to: number, label: string, actions: LayerActions): void {
    const moved = [...place.slice(0, -1), to];
    const wasOpen = actions.open === keyOf(place);
    this.told = `${label} is now layer ${layerNumber(moved)}.`;
    this.wanted = keyOf(moved);
    actions.move(place, to);
    actions.setOpen(wasOpen ? keyOf(moved) : '');
  }

  private onKey(event: KeyboardEvent, row: LayerRow, actions: LayerActions | undefined): void {
    const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
    if (by !== undefined && actions !== undefined) {
      event.preventDefault();
      this.moveBy(row, by, actions);
    }
  }

  private dragFrom(event: PointerEvent, row: LayerRow, actions: LayerActions): void {
    const handle = event.currentTarget;
    const list = handle instanceof HTMLElement ? handle.closest('.layer-list') : null;
    if (!(handle instanceof HTMLElement) || list === null || event.button !== 0) {
      return;
    }
    const { place, label } = row;
    const from = place.at(-1) ?? 0;
    dropPlace(event, handle, [...list.children], from, (to) => (this.drag = { from: place, to }), (to) => {
      this.drag = undefined;
      if (to !== undefined && to !== from) {
        this.moveTo(place, to, label, actions);
      }
    });
  }
}

/** What comes before the first layer and after the last. */
function endLine(label: string, about: string, output: string | undefined, parameters: number | undefined): TemplateResult {
  return html`<div class="layer-line layer-end" data-layer-end=${label.toLowerCase()}>
    <span></span><span></span>
    <span class="layer-name"><span class="layer-label">${label}</span> <span class="muted layer-summary">${about}</span></span>
    <span class="number layer-output"><span class="layer-unit muted">→ </span>${output ?? html`<span class="muted">–</span>`}</span>
    <span class="number layer-parameters">${label === 'Input' && parameters === undefined ? nothing : html`${parameters === undefined ? html`<span class="muted">–</span>` : formatCount(parameters)}<span class="layer-unit muted"> parameters</span>`}</span>
    <span></span>
  </div>`;
}
