import type { Host } from './host';

/** What a view remembers of how it is looked at: never data, only where the reader was. */
export interface Navigation {
  /** Distance from the top of the page, in CSS pixels. */
  scroll: number;
  /** Sections that are open or closed against their default, by key. */
  readonly open: Record<string, boolean>;
  /** Choices such as a chart's selected metric or a table's filter, by key. */
  readonly chosen: Record<string, string>;
}

/**
 * Keeps where the reader was in the webview's own state, so that a hidden or reloaded view comes back as it was left.
 *
 * Everything else in the stored state is left alone: the extension keeps there what it needs to restore the panel.
 */
export class NavigationStore {
  private readonly state: Navigation;
  private readonly others: Record<string, unknown>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private restored = false;

  /** @param changed is called after a change that the page must show. */
  constructor(private readonly store: Pick<Host<never>, 'kept' | 'keep'>, private readonly changed: () => void) {
    const object = isRecord(store.kept) ? store.kept : {};
    const navigation = isRecord(object['navigation']) ? object['navigation'] : {};
    this.others = object;
    this.state = {
      scroll: typeof navigation['scroll'] === 'number' ? navigation['scroll'] : 0,
      open: valuesOfType(navigation['open'], (value) => typeof value === 'boolean'),
      chosen: valuesOfType(navigation['chosen'], (value) => typeof value === 'string'),
    };
    window.addEventListener('scroll', () => this.rememberScroll(), { passive: true });
  }

  isOpen(key: string, byDefault: boolean): boolean {
    return this.state.open[key] ?? byDefault;
  }

  setOpen(key: string, open: boolean): void {
    if (this.state.open[key] !== open) {
      this.state.open[key] = open;
      this.save();
      this.changed();
    }
  }

  chosen(key: string, byDefault: string): string {
    return this.state.chosen[key] ?? byDefault;
  }

  choose(key: string, value: string): void {
    if (this.state.chosen[key] !== value) {
      this.state.chosen[key] = value;
      this.save();
      this.changed();
    }
  }

  /** Scrolls to where the reader was; only the first call after a load does so, when the page has its full height. */
  restoreScroll(): void {
    if (!this.restored) {
      this.restored = true;
      window.scrollTo(0, this.state.scroll);
    }
  }

  private rememberScroll(): void {
    if (!this.restored) {
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.state.scroll = window.scrollY;
      this.save();
    }, 150);
  }

  private save(): void {
    this.store.keep({ ...this.others, navigation: this.state });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valuesOfType<T>(value: unknown, fits: (item: unknown) => item is T): Record<string, T> {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, T] => fits(entry[1])));
}
