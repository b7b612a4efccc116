import { html, LitElement, nothing, svg } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ExampleRow, ExampleRowFailed } from '../../schema/messages';
import { cssProperties } from '../shared/cssProperties';
import { formatCount } from '../shared/format';
import { icon } from '../shared/icon';
import type { PictureSource } from './rowPicture';
import { cellValues, drawPixels, isSignal, mostChannels, signalLines } from './rowPicture';

/** What the view shows and whom it asks. */
export interface PictureOptions {
  readonly source: PictureSource;
  /** Asks for a row, counted from 0. */
  ask(row: number): Promise<ExampleRow | ExampleRowFailed>;
  /** The row that the reader looked at last. */
  readonly row: number;
  setRow(row: number): void;
}

/** The longer side of a picture on the page, in CSS pixels. */
const side = 200;
/** Lines of a signal that can still be told apart. */
const mostLines = 6;

/** One row of the data as the network reads it, so that a wrong height, width or order of columns is seen at once. */
@customElement('trainyard-picture')
export class PictureView extends LitElement {
  @property({ attribute: false }) options: PictureOptions | undefined;
  @state() private shown: ExampleRow | ExampleRowFailed | undefined;
  @state() private isAsking = false;
  @query('canvas') private readonly canvas!: HTMLCanvasElement | null;
  private asked = '';

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('options')) {
      void this.load();
    }
  }

  protected override updated(): void {
    const { canvas, options, shown } = this;
    if (canvas === null || options === undefined || shown?.kind !== 'exampleRow') {
      return;
    }
    const { source } = options;
    const pixels = drawPixels(source.size, cellValues(source, shown.cells), source.range);
    canvas.width = pixels.width;
    canvas.height = pixels.height;
    canvas.getContext('2d')?.putImageData(new ImageData(pixels.data, pixels.width, pixels.height), 0, 0);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { options, shown } = this;
    if (options === undefined) {
      return nothing;
    }
    return html`<figure class="row-picture ${this.isAsking ? 'asking' : ''}">
      ${shown === undefined ? html`<div class="picture-space" role="status" aria-label="Reading a row"></div>`
        : shown.kind === 'exampleRowFailed' ? html`<p class="field-problem" role="alert">${shown.message}</p>`
          : this.drawing(options.source, shown)}
      ${this.caption(options)}
    </figure>`;
  }

  private drawing(source: PictureSource, shown: ExampleRow): TemplateResult {
    const { size, range } = source;
    const [least, greatest] = range;
    const values = cellValues(source, shown.cells);
    const empty = values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
    const what = isSignal(size) ? `a signal of ${formatCount(size.height * size.width)} cells` : `a picture of ${formatCount(size.height)} × ${formatCount(size.width)} cells`;
    const name = `Row ${formatCount(shown.row + 1)} as ${what}${size.channels === 1 ? '' : ` with ${size.channels} channels`}, ${source.target.name} ${targetText(source, shown)}, from ${least} to ${greatest}${empty === 0 ? '' : `, ${empty} without a value`}`;
    return isSignal(size) ? signalDrawing(source, values, name) : pictureDrawing(source, name);
  }

  private caption({ source, row }: PictureOptions): TemplateResult {
    const { shown } = this;
    const known = shown?.kind === 'exampleRow' ? shown : undefined;
    const [least, greatest] = source.range;
    const { channels } = source.size;
    const scale = isSignal(source.size) ? `From ${least} to ${greatest}` : channels === 3 ? `Dark is ${least}, bright ${greatest}` : `Black is ${least}, white ${greatest}`;
    return html`<figcaption>
      <p class="picture-target"><span class="muted">${source.target.name}</span> <strong data-picture-target>${known === undefined ? '…' : targetText(source, known)}</strong></p>
      <p class="muted" data-picture-place>${known?.line === null || known === undefined ? '' : `Line ${formatCount(known.line)}, `}row ${formatCount(row + 1)} of ${formatCount(source.rows)}</p>
      <p class="muted">${scale}${channels > mostChannels ? `; the first ${mostChannels} of ${channels} channels` : ''}</p>
      <p class="picture-buttons">
        <button class="icon-button" type="button" title="Previous row" aria-label="Previous row" data-action="previousRow" ?disabled=${row === 0} @click=${() => this.go(row - 1)}>${icon('arrow-left')}</button>
        <button class="icon-button" type="button" title="Next row" aria-label="Next row" data-action="nextRow" ?disabled=${row >= source.rows - 1} @click=${() => this.go(row + 1)}>${icon('arrow-right')}</button>
        <button class="link" type="button" data-action="randomRow" @click=${() => this.go(Math.floor(Math.random() * source.rows))}>Random row</button>
      </p>
      <p class="field-help muted">If this looks scrambled, mend height, width and channels, or exclude columns that are no cells.</p>
      <span class="visually-hidden" role="status">${known === undefined ? '' : `Row ${known.row + 1}, ${source.target.name} ${targetText(source, known)}`}</span>
    </figcaption>`;
  }

  private go(row: number): void {
    this.options?.setRow(row);
  }

  /** Asks for the row unless it is shown or on its way; answers to earlier questions are passed over. */
  private async load(): Promise<void> {
    const { options } = this;
    if (options === undefined) {
      return;
    }
    const { source, row } = options;
    const key = JSON.stringify([row, source.rows, source.columns.length, source.decimal, source.thousands, source.range]);
    if (key === this.asked) {
      return;
    }
    this.asked = key;
    this.isAsking = true;
    const answer = await options.ask(row);
    if (this.asked === key) {
      this.isAsking = false;
      this.shown = answer;
    }
  }
}

function targetText({ target }: PictureSource, { cells }: ExampleRow): string {
  const text = cells[target.column] ?? '';
  return text === '' ? 'has no value' : text;
}

function pictureDrawing({ size }: PictureSource, name: string): TemplateResult {
  const tiles = size.channels === 3 ? 1 : Math.min(size.channels, mostChannels);
  const across = tiles * size.width + tiles - 1;
  const cell = side / Math.max(size.height, size.width);
  return html`<canvas class="picture" role="img" aria-label=${name} ${cssProperties({ '--picture-width': `${Math.round(cell * across)}px`, '--picture-shape': `${across} / ${size.height}` })}></canvas>`;
}

function signalDrawing({ size, range }: PictureSource, values: Float64Array, name: string): TemplateResult {
  const channels = Array.from({ length: Math.min(size.channels, mostLines) }, (_, channel) => channel);
  return html`<svg class="signal" role="img" aria-label=${name} viewBox="0 0 100 40" preserveAspectRatio="none">
    ${channels.map((channel) => signalLines(size, values, range, channel).map((points) => svg`<polyline class="line-${channel}" points=${points} />`))}
  </svg>`;
}
