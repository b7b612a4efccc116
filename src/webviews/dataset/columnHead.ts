import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { columnTypeLabels } from '../shared/columnTypes';
import { cssProperties } from '../shared/cssProperties';
import { formatShare } from '../shared/format';
import { miniChart, missingText, shortSummary, typeIcon } from './columnLook';
import type { GridColumn } from './dataGrid';

/** A share in whole percents where that says enough. */
function roughShare(share: number): string {
  return formatShare(share >= 0.01 && share <= 0.99 ? Math.round(share * 100) / 100 : share);
}

/** A column's head: name and type, how its values lie, how many are missing. */
export function columnHead(
  column: GridColumn | undefined,
  index: number,
  { isActive, selected }: { readonly isActive: boolean; readonly selected: boolean },
  startResize: (event: PointerEvent) => void,
): TemplateResult | typeof nothing {
  if (column === undefined) {
    return nothing;
  }
  const { name, profile, missing, present } = column;
  const type = profile === undefined ? '' : `, ${columnTypeLabels[profile.type].toLowerCase()}`;
  const label = `${name}${type}${missing === 0 ? '' : `, ${missingText(missing)}`}`;
  return html`<div class="head ${isActive ? 'active' : ''} ${selected ? 'selected' : ''}" role="columnheader" aria-colindex=${index + 2} aria-label=${label} id=${isActive ? 'active-cell' : nothing} data-head=${name}>
    <div class="head-name" title=${name}>${profile === undefined ? nothing : typeIcon(profile.type)}<span class="ellipsis">${name}</span></div>
    ${profile === undefined ? html`<div class="mini-chart"></div>` : miniChart(profile, present)}
    <div class="head-facts">
      <span class="ellipsis muted">${profile === undefined ? '' : shortSummary(profile)}</span>
      ${missing === 0 ? nothing : html`<span class="head-missing" title=${missingText(missing)}>${roughShare(missing)}<span class="codicon codicon-circle-slash" aria-hidden="true"></span></span>`}
    </div>
    <div class="missing-bar" ${cssProperties({ '--share': String(missing) })}></div>
    <div class="resizer" data-column=${index} @pointerdown=${startResize} title="Drag to change the width; double-click to fit"></div>
  </div>`;
}
