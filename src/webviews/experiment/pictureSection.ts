import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';
import type { PictureOptions } from './pictureView';
import './pictureView';
import { pictureSource } from './rowPicture';

/** Under which name the page remembers the row that was looked at. */
const rowKey = 'pictureRow';

/** One row as the network reads it, for networks that read rows as pictures; nothing for others. */
export function pictureSection(model: FormModel, context: FormContext): TemplateResult | typeof nothing {
  const { profile, state: { preflight }, algorithm, file, isOutdated } = model;
  const size = preflight?.algorithm === algorithm?.id ? preflight?.network?.picture : undefined;
  if (profile === null || preflight === null || size === undefined) {
    return nothing;
  }
  const source = pictureSource(profile, file.target, preflight.columns, size);
  if (typeof source === 'string') {
    return html`<p class="muted picture-none" data-picture="none">${source}</p>`;
  }
  const options: PictureOptions = {
    source,
    ask: (row) => context.exampleRow(row),
    row: Math.min(Number(context.navigation.chosen(rowKey, '0')), Math.max(0, profile.rows - 1)),
    setRow: (row) => context.navigation.choose(rowKey, String(row)),
  };
  return html`<div class="row-example ${isOutdated ? 'outdated' : ''}" data-picture="shown" role="group" aria-label="A row as the network reads it">
    <h3>A row as the network reads it</h3>
    <trainyard-picture .options=${options}></trainyard-picture>
  </div>`;
}
