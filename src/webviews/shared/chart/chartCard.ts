import type { ActiveElement } from 'chart.js';
import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { cssProperties } from '../cssProperties';
import { icon } from '../icon';
import { onThemeChange, readTheme } from '../theme';
import type { ChartTheme } from '../theme';
import type { ChartDescription } from './chartDescription';
import { dataTable } from './dataTable';
import { Chart } from './registerCharts';
import { savePicture } from './saveImage';

const defaultHeight = 280;

/**
 * A chart with a table behind it, a picture to save, and the keyboard: arrow keys walk through the points and read them out.
 * It renders into the page itself, so that the page's style sheet and labels reach it.
 */
@customElement('trainyard-chart')
export class ChartCard extends LitElement {
  @property({ attribute: false }) description: ChartDescription | undefined;
  /** Controls of the owner's beside the title. */
  @property({ attribute: false }) controls: unknown = nothing;
  @property({ type: Boolean }) asTable = false;

  @state() private hiddenSeries: ReadonlySet<string> = new Set();
  @state() private wholeTable = false;
  @state() private spoken = '';
  @state() private theme: ChartTheme = readTheme();
  @query('canvas') private readonly canvas!: HTMLCanvasElement | null;

  private chart: Chart | undefined;
  private drawn: { readonly version: unknown; readonly theme: ChartTheme } | undefined;
  private stopListening: (() => void) | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopListening = onThemeChange(() => (this.theme = readTheme()));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopListening?.();
    this.destroyChart();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { description } = this;
    if (description === undefined) {
      return nothing;
    }
    const { id, title, remark, height = defaultHeight, table } = description;
    return html`<figure class="chart-card" data-chart=${id}>
      <figcaption class="chart-head">
        <h3>${title}</h3>
        <div class="chart-tools">
          ${this.controls}
          <button class="icon-button" type="button" aria-pressed=${this.asTable} title="Show as table" aria-label="Show ${title} as table" data-action="table" @click=${this.toggleTable}>${icon('table')}</button>
          <button class="icon-button" type="button" title="Save as PNG" aria-label="Save ${title} as PNG" data-action="save" ?disabled=${this.asTable} @click=${this.save}>${icon('desktop-download')}</button>
        </div>
        ${remark === undefined ? nothing : html`<p class="chart-remark muted">${remark}</p>`}
      </figcaption>
      ${this.asTable
        ? dataTable(table, this.wholeTable, () => (this.wholeTable = true))
        : html`${this.renderLegend()}
            <div class="chart-plot" ${cssProperties({ height: `${height}px` })}>
              <canvas tabindex="0" role="img" aria-label="${description.summary} Use the arrow keys to read the points." @keydown=${this.walk} @blur=${this.clearPoint}></canvas>
            </div>
            <p class="visually-hidden" aria-live="polite" data-spoken>${this.spoken}</p>`}
    </figure>`;
  }

  private renderLegend(): TemplateResult | typeof nothing {
    const datasets = this.description?.configure(this.theme).data.datasets ?? [];
    const named = datasets.filter(({ label }) => label !== undefined && label !== '');
    if (named.length < 2) {
      return nothing;
    }
    return html`<ul class="legend" aria-label="Series">
      ${named.map(({ label = '', borderColor }) => html`<li>
        <button class="legend-item" type="button" aria-pressed=${!this.hiddenSeries.has(label)} title="Show or hide ${label}" @click=${() => this.toggleSeries(label)}>
          <span class="swatch" ${cssProperties({ background: typeof borderColor === 'string' ? borderColor : this.theme.foreground })}></span>${label}
        </button>
      </li>`)}
    </ul>`;
  }

  protected override updated(): void {
    const { description, canvas, theme } = this;
    if (description === undefined || canvas === null) {
      this.destroyChart();
      return;
    }
    const stale = this.drawn?.version !== description.version || this.drawn?.theme !== theme || this.chart?.canvas !== canvas;
    if (stale) {
      this.draw(canvas, description);
      this.drawn = { version: description.version, theme };
    }
    this.showSeries();
  }

  /** Charts that grow while a model trains keep their canvas: only what they show is exchanged. */
  private draw(canvas: HTMLCanvasElement, description: ChartDescription): void {
    const { type, data, options } = description.configure(this.theme);
    const { chart } = this;
    if (chart === undefined || chart.canvas !== canvas || !('type' in chart.config) || chart.config.type !== type) {
      this.destroyChart();
      this.chart = new Chart(canvas, description.configure(this.theme));
      return;
    }
    chart.data = data;
    chart.options = options ?? {};
    chart.update('none');
  }

  private showSeries(): void {
    const { chart } = this;
    let changed = false;
    chart?.data.datasets.forEach(({ label = '' }, index) => {
      const visible = !this.hiddenSeries.has(label);
      if (chart.isDatasetVisible(index) !== visible) {
        chart.setDatasetVisibility(index, visible);
        changed = true;
      }
    });
    if (changed) {
      chart?.update('none');
    }
  }

  private destroyChart(): void {
    this.chart?.destroy();
    this.chart = undefined;
    this.drawn = undefined;
  }

  private toggleSeries(label: string): void {
    const hidden = new Set(this.hiddenSeries);
    if (!hidden.delete(label)) {
      hidden.add(label);
    }
    this.hiddenSeries = hidden;
  }

  private readonly toggleTable = (): void => {
    this.asTable = !this.asTable;
    this.dispatchEvent(new CustomEvent('table-toggle', { detail: this.asTable }));
  };

  /** Left and right walk along a series, up and down to another one; Home and End go to its ends. */
  private readonly walk = (event: KeyboardEvent): void => {
    const { chart } = this;
    const moves: Readonly<Record<string, readonly [series: number, point: number]>> = {
      ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], Home: [0, -Infinity], End: [0, Infinity],
    };
    const move = moves[event.key];
    if (chart === undefined || move === undefined) {
      return;
    }
    event.preventDefault();
    const visible = chart.getSortedVisibleDatasetMetas().map((meta) => meta.index).sort((a, b) => a - b);
    const active = chart.getActiveElements()[0];
    const at = active === undefined ? 0 : visible.indexOf(active.datasetIndex);
    const datasetIndex = visible[(at + move[0] + visible.length) % visible.length];
    if (datasetIndex === undefined) {
      return;
    }
    const last = chart.getDatasetMeta(datasetIndex).data.length - 1;
    const index = active === undefined ? 0 : Math.min(last, Math.max(0, active.index + move[1]));
    this.showPoint(chart, [{ datasetIndex, index }]);
  };

  private showPoint(chart: Chart, points: { datasetIndex: number; index: number }[]): void {
    chart.setActiveElements(points);
    chart.tooltip?.setActiveElements(points, { x: 0, y: 0 });
    chart.update('none');
    const tooltip = chart.tooltip;
    this.spoken = points.length === 0 ? '' : [...(tooltip?.title ?? []), ...(tooltip?.body ?? []).flatMap(({ lines }) => lines)].join(', ');
  }

  private readonly clearPoint = (): void => {
    const shown: ActiveElement[] = this.chart?.getActiveElements() ?? [];
    if (this.chart !== undefined && shown.length > 0) {
      this.showPoint(this.chart, []);
    }
  };

  /** Draws title, legend and plot on the editor's background: a canvas alone would be a transparent plot without words. */
  private readonly save = (): void => {
    const { description, chart, theme } = this;
    if (description === undefined || chart === undefined) {
      return;
    }
    const scale = chart.currentDevicePixelRatio;
    const named = chart.data.datasets.filter(({ label }, index) => label !== undefined && label !== '' && chart.isDatasetVisible(index));
    const headHeight = (named.length > 1 ? 60 : 36) * scale;
    const picture = document.createElement('canvas');
    picture.width = chart.canvas.width + 24 * scale;
    picture.height = chart.canvas.height + headHeight + 12 * scale;
    const context = picture.getContext('2d');
    if (context === null) {
      return;
    }
    context.fillStyle = theme.background;
    context.fillRect(0, 0, picture.width, picture.height);
    context.fillStyle = theme.foreground;
    context.font = `600 ${14 * scale}px ${theme.fontFamily}`;
    context.fillText(description.title, 12 * scale, 24 * scale);
    let x = 12 * scale;
    context.font = `${12 * scale}px ${theme.fontFamily}`;
    for (const { label = '', borderColor } of named.length > 1 ? named : []) {
      context.fillStyle = typeof borderColor === 'string' ? borderColor : theme.foreground;
      context.fillRect(x, 40 * scale, 10 * scale, 10 * scale);
      context.fillStyle = theme.foreground;
      context.fillText(label, x + 16 * scale, 50 * scale);
      x += context.measureText(label).width + 32 * scale;
    }
    context.drawImage(chart.canvas, 12 * scale, headHeight);
    savePicture(picture, description.pictureName);
  };
}
