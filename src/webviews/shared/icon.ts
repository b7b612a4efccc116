import { html } from 'lit';
import type { TemplateResult } from 'lit';

/** A codicon beside text that says the same, hence hidden from screen readers. */
export function icon(name: string, className = ''): TemplateResult {
  return html`<span class="codicon codicon-${name} ${className}" aria-hidden="true"></span>`;
}
