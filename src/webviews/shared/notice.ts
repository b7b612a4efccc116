import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from './icon';

const icons = { error: 'error', warning: 'warning', info: 'info', success: 'pass' } as const;

/** A sentence that stands out, with a meaning that doesn't hang on colour alone. */
export function notice(kind: keyof typeof icons, text: unknown, actions?: unknown): TemplateResult {
  return html`<div class="notice ${kind}" role=${kind === 'error' ? 'alert' : 'note'} data-notice=${kind}>
    ${icon(icons[kind])}
    <div class="text">${text}</div>
    ${actions}
  </div>`;
}

/** A page that has nothing but a sentence to show. */
export function emptyPage(iconName: string, text: unknown, actions?: unknown): TemplateResult {
  return html`<main class="page"><div class="empty-page" role="status">${icon(iconName)}<p>${text}</p>${actions}</div></main>`;
}
