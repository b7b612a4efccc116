import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { followPointer } from '../shared/dragging';
import { formatCount } from '../shared/format';
import type { NavigationStore } from '../shared/navigation';
import { columnPanel } from './columnPanel';
import { correlationPanel } from './correlationPanel';
import type { DatasetContext, DatasetModel } from './datasetModel';
import { findingsPanel } from './findingsPanel';
import { summaryPanel } from './summaryPanel';

const usualWidth = 380;
const narrowestPanel = 240;
const widestPanel = 1200;

const tabs = ['summary', 'findings', 'column', 'correlations'] as const;
type Tab = (typeof tabs)[number];
const tabLabels: Readonly<Record<Tab, string>> = { summary: 'Summary', findings: 'Findings', column: 'Column', correlations: 'Correlations' };

/** The panel's width in CSS pixels, as the reader left it. */
export function panelWidth(navigation: NavigationStore): number {
  const width = Number(navigation.chosen('panelWidth', ''));
  return width > 0 ? Math.max(narrowestPanel, Math.min(widestPanel, width)) : usualWidth;
}

/** Follows the pointer until it is let go. */
export function startSplit(event: PointerEvent, navigation: NavigationStore): void {
  const handle = event.currentTarget;
  if (!(handle instanceof HTMLElement)) {
    return;
  }
  const before = panelWidth(navigation);
  followPointer(event, handle, (pixels) => navigation.choose('panelWidth', String(Math.round(Math.max(narrowestPanel, before - pixels)))));
}

/** What is known of the data beside the table. */
export function sidePanel(model: DatasetModel, context: DatasetContext): TemplateResult {
  const { navigation } = context;
  const chosen = tabs.find((tab) => tab === navigation.chosen('tab', 'summary')) ?? 'summary';
  return html`<aside class="panel" aria-label="About the data">
    <div class="tabs" role="tablist" @keydown=${(event: KeyboardEvent) => walkTabs(event, chosen, navigation)}>
      ${tabs.map((tab) => html`<button class="tab" type="button" role="tab" id="tab-${tab}" aria-controls="panel-content" aria-selected=${tab === chosen} tabindex=${tab === chosen ? 0 : -1} data-tab=${tab} @click=${() => navigation.choose('tab', tab)}>
        ${tabLabels[tab]}${tab === 'findings' ? findingCount(model) : nothing}
      </button>`)}
    </div>
    <div class="panel-content" id="panel-content" role="tabpanel" aria-labelledby="tab-${chosen}" tabindex="0">${content(chosen, model, context)}</div>
  </aside>`;
}

function findingCount({ profile, extent }: DatasetModel): TemplateResult | typeof nothing {
  return extent === 'sample' ? nothing : html` <span class="count">${formatCount(profile.findings.length)}</span>`;
}

function content(tab: Tab, model: DatasetModel, context: DatasetContext): TemplateResult {
  switch (tab) {
    case 'summary':
      return summaryPanel(model, context);
    case 'findings':
      return findingsPanel(model, context);
    case 'column':
      return columnPanel(context.navigation.chosen('column', ''), model, context);
    case 'correlations':
      return correlationPanel(model, context);
  }
}

function walkTabs(event: KeyboardEvent, chosen: Tab, navigation: NavigationStore): void {
  const at = tabs.indexOf(chosen);
  const moves: Readonly<Record<string, number>> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 };
  const next = moves[event.key];
  if (next !== undefined) {
    event.preventDefault();
    const tab = tabs[(next + tabs.length) % tabs.length] ?? 'summary';
    navigation.choose('tab', tab);
    document.getElementById(`tab-${tab}`)?.focus();
  }
}
