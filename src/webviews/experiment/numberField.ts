import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import type { FieldFrame } from './fields';
import { field } from './fields';

export interface NumberFieldOptions extends FieldFrame {
  readonly value: number | null;
  /** Shown while the field is empty: what "no value" means. */
  readonly placeholder?: string;
  /** True when an empty field means null; otherwise it goes back to the default. */
  readonly nullable?: boolean;
  /** Says why a number doesn't fit, undefined when it does. */
  readonly check: (value: number | null) => string | undefined;
  /** Called with a value that fits; undefined asks for the default. */
  readonly change: (value: number | null | undefined) => void;
}

/**
 * A field for a number. What is typed stays as it is until it is confirmed (Enter, or leaving the field); what doesn't fit is
 * never sent, but says at once why. Escape takes back what was typed.
 */
@customElement('trainyard-number')
export class NumberField extends LitElement {
  @property({ attribute: false }) options: NumberFieldOptions | undefined;
  @state() private draft: string | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('options');
    if (before !== undefined && before.value !== this.options?.value) {
      this.draft = undefined;
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const { options, draft } = this;
    if (options === undefined) {
      return nothing;
    }
    const text = draft ?? textOf(options.value);
    const problem = draft === undefined ? options.problem : this.read(options, draft).problem;
    return field({ ...options, problem }, (ties) => html`<input
      type="text" inputmode="decimal" class="mono" autocomplete="off" spellcheck="false"
      id=${ties.id} aria-describedby=${ifDefined(ties.describedBy)} aria-invalid=${ties.invalid}
      placeholder=${options.placeholder ?? ''} ?disabled=${options.disabled} .value=${live(text)}
      @input=${this.type} @change=${this.confirm} @keydown=${this.onKey} />`);
  }

  private read(options: NumberFieldOptions, text: string): { readonly value?: number | null; readonly problem?: string } {
    const trimmed = text.trim();
    if (trimmed === '') {
      return options.nullable === true ? { value: null } : {};
    }
    const value = Number(trimmed);
    const problem = options.check(value);
    return problem === undefined ? { value } : { problem };
  }

  private readonly type = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) {
      this.draft = event.target.value;
    }
  };

  private readonly confirm = (): void => {
    const { options, draft } = this;
    if (options === undefined || draft === undefined) {
      return;
    }
    const { value, problem } = this.read(options, draft);
    if (problem === undefined) {
      this.draft = undefined;
      options.change(value);
    }
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      this.draft = undefined;
    }
  };
}

function textOf(value: number | null): string {
  return value === null ? '' : String(value);
}
