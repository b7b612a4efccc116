import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from './icon';
import type { NavigationStore } from './navigation';

export interface SectionOptions {
  /** Names the section in kept state and in tests. */
  readonly key: string;
  readonly title: string;
  /** What the section holds, in a few words beside its title. */
  readonly digest?: string | TemplateResult;
  readonly openByDefault?: boolean;
}

/** A part of the page that opens and closes, and stays so. */
export function section(navigation: NavigationStore, options: SectionOptions, content: () => unknown): TemplateResult {
  const { key, title, digest, openByDefault = true } = options;
  const open = navigation.isOpen(key, openByDefault);
  const toggle = (event: Event): void => {
    const details = event.currentTarget;
    if (details instanceof HTMLDetailsElement && event.target === details && details.open !== navigation.isOpen(key, openByDefault)) {
      navigation.setOpen(key, details.open);
    }
  };
  return html`<details class="section" id="section-${key}" data-section=${key} ?open=${open} @toggle=${toggle}>
    <summary>
      ${icon('chevron-right', 'chevron')}
      <h2>${title}</h2>
      ${digest === undefined ? nothing : html`<span class="digest ellipsis">${digest}</span>`}
    </summary>
    <div class="content">${open ? content() : nothing}</div>
  </details>`;
}
