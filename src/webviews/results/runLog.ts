import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { RunEvent } from '../../schema/run';
import { icon } from '../shared/icon';

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The latest lines of the run's log, oldest first. */
export function runLog(events: readonly RunEvent[]): TemplateResult {
  if (events.length === 0) {
    return html`<p class="muted">Nothing yet.</p>`;
  }
  return html`<ol class="log mono" tabindex="0" aria-label="Log" data-log>
    ${events.map((event) => {
      const level = event.kind === 'log' ? event.level : 'info';
      return html`<li class="log-line ${level}" data-level=${level}>
        <time class="muted" datetime=${event.time} title=${event.time}>${time.format(new Date(event.time))}</time>
        ${level === 'info' ? html`<span></span>` : icon(level, level)}
        <span>${eventText(event)}</span>
      </li>`;
    })}
  </ol>`;
}

function eventText(event: RunEvent): string {
  switch (event.kind) {
    case 'progress':
      return `${event.step}: ${event.message}`;
    case 'log':
      return event.message;
    case 'state':
      return event.message === undefined ? event.state : `${event.state}: ${event.message}`;
  }
}
