/** Markup that is safe to put into a page. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/**
 * Markup out of a template: whatever is put in is escaped unless it is markup itself; lists are joined, undefined and null
 * leave nothing.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  const text = strings.reduce((sum, part, i) => sum + (i === 0 ? '' : markupOf(values[i - 1])) + part, '');
  return new Html(text);
}

/** What a template takes. */
type Content = Html | string | number | undefined | null | readonly Content[];

function markupOf(value: Content): string {
  if (value instanceof Html) {
    return value.text;
  }
  if (value === undefined || value === null) {
    return '';
  }
  return typeof value === 'object' ? value.map(markupOf).join('') : escapeHtml(String(value));
}

/** Text as it may stand between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}
