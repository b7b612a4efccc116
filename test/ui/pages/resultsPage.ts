import type { FrameLocator, Locator, Page } from 'playwright-core';
import { activeWebview } from './webview';

/** A number as the page shows it, beside the one that it stands for. */
export interface ShownNumber {
  readonly text: string;
  /** All digits, as the page got it. */
  readonly exact: string | null;
}

export interface ShownMetric {
  readonly value: ShownNumber;
  readonly baseline: ShownNumber;
}

/** The results dashboard of a run, in the active editor. */
export class ResultsPage {
  readonly frame: FrameLocator;

  constructor(page: Page) {
    this.frame = activeWebview(page);
  }

  /** Waits until it shows the evaluation of a run. */
  async waitForRun(id: string): Promise<void> {
    await this.frame.locator('[data-run-state="done"]', { has: this.frame.locator('[data-section="facts"]', { hasText: id }) })
      .locator('[data-metric]').first().waitFor();
  }

  async title(): Promise<string> {
    return this.frame.locator('h1').innerText();
  }

  /** The large numbers at the top, by metric. */
  async tiles(): Promise<Record<string, ShownMetric>> {
    return byName(this.frame.locator('[data-metric]'), 'data-metric', async (tile) => ({
      value: { text: await tile.locator('.tile-value').innerText(), exact: await tile.getAttribute('data-value') },
      baseline: {
        text: (await tile.locator('.tile-baseline .muted').innerText()).replace(/^baseline /, ''),
        exact: await tile.getAttribute('data-baseline'),
      },
    }));
  }

  /** The table of all metrics, by metric. */
  async metrics(): Promise<Record<string, ShownMetric>> {
    return byName(this.frame.locator('[data-metric-row]'), 'data-metric-row', async (row) => ({
      value: await numberIn(row.locator('[data-value]'), 'data-value'),
      baseline: await numberIn(row.locator('[data-baseline]'), 'data-baseline'),
    }));
  }

  /** Counts of the confusion matrix as they are shown, row by row. */
  async confusionMatrix(): Promise<number[][]> {
    const rows = await this.frame.locator('[data-chart="confusionMatrix"] tbody tr').all();
    return Promise.all(rows.map(async (row) => (await row.locator('[data-count]').allInnerTexts()).map(Number)));
  }

  /** Identifiers of the charts that are drawn. */
  async charts(): Promise<string[]> {
    return namesOf(this.frame.locator('[data-chart]'), 'data-chart');
  }

  /** The columns of "What was done to each column", in their order. */
  async preparedColumns(): Promise<string[]> {
    return namesOf(this.frame.locator('[data-section="preparation"] [data-column]'), 'data-column');
  }

  fileButton(name: string): Locator {
    return this.frame.locator(`[data-file=${JSON.stringify(name)}]`);
  }

  action(name: string): Locator {
    return this.frame.locator(`[data-action=${JSON.stringify(name)}]`);
  }
}

async function namesOf(elements: Locator, attribute: string): Promise<string[]> {
  const names = await Promise.all((await elements.all()).map((element) => element.getAttribute(attribute)));
  return names.flatMap((name) => (name === null ? [] : [name]));
}

async function byName<T>(elements: Locator, attribute: string, read: (element: Locator) => Promise<T>): Promise<Record<string, T>> {
  const names = await namesOf(elements, attribute);
  const values = await Promise.all((await elements.all()).map(read));
  return Object.fromEntries(names.flatMap((name, index) => {
    const value = values[index];
    return value === undefined ? [] : [[name, value] as const];
  }));
}

async function numberIn(cell: Locator, attribute: string): Promise<ShownNumber> {
  return { text: await cell.innerText(), exact: await cell.getAttribute(attribute) };
}
