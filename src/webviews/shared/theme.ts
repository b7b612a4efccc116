/** The colours that charts draw with; a canvas can't use CSS variables by itself. */
export interface ChartTheme {
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly focus: string;
  /** Colours of series, in the order of use; opaque and distinct in every theme. */
  readonly series: readonly string[];
  readonly tooltipBackground: string;
  readonly tooltipBorder: string;
  readonly fontFamily: string;
  readonly fontSize: number;
  readonly highContrast: boolean;
}

const seriesNames = ['blue', 'green', 'orange', 'purple', 'red', 'yellow'] as const;

/** Reads the colours of the current theme. */
export function readTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const read = (...names: string[]): string =>
    names.map((name) => style.getPropertyValue(`--vscode-${name}`).trim()).find((value) => value !== '') ?? '';
  const foreground = read('charts-foreground', 'foreground');
  return {
    background: read('editor-background'),
    foreground,
    muted: read('descriptionForeground', 'foreground'),
    grid: withAlpha(foreground, 0.15),
    focus: read('focusBorder'),
    // Some themes leave orange out (high contrast) or make it translucent; a series must never be invisible.
    series: seriesNames.map((name) => read(`charts-${name}`)).map((colour) => (colour === '' ? foreground : withAlpha(colour, 1))),
    tooltipBackground: read('editorHoverWidget-background', 'editorWidget-background', 'editor-background'),
    tooltipBorder: read('contrastBorder', 'editorHoverWidget-border', 'widget-border', 'charts-lines'),
    fontFamily: read('font-family'),
    fontSize: Number.parseFloat(read('font-size')) || 13,
    highContrast: document.body.classList.contains('vscode-high-contrast'),
  };
}

/** A colour with another opacity; the canvas understands every notation that CSS does. */
export function withAlpha(colour: string, alpha: number): string {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  if (context === null) {
    return colour;
  }
  context.fillStyle = colour;
  // The canvas normalises what it was given: #rrggbb when opaque, rgba(r, g, b, a) otherwise.
  const parsed = context.fillStyle;
  const hex = /^#(..)(..)(..)$/.exec(parsed)?.slice(1).map((digits) => Number.parseInt(digits, 16));
  const channels = hex ?? (parsed.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  return `rgba(${channels.join(', ')}, ${alpha})`;
}

const listeners = new Set<() => void>();

/** Calls `listener` after every change of theme until the returned function is called. VS Code then rewrites the root element's style and the body's class. */
export function onThemeChange(listener: () => void): () => void {
  if (listeners.size === 0) {
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
    observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      observer.disconnect();
    }
  };
}

let scheduled = false;
const observer = new MutationObserver(() => {
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      listeners.forEach((listener) => listener());
    });
  }
});
