import { nothing } from 'lit';
import type { ElementPart, PartInfo } from 'lit/directive.js';
import { directive, Directive, PartType } from 'lit/directive.js';

/**
 * Sets CSS properties of an element through the CSSOM: `<div ${cssProperties({ '--share': '0.4' })}>`. Lit's own `styleMap`
 * writes the style attribute at first, which the content security policy forbids.
 */
class CssPropertiesDirective extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) {
      throw new Error('cssProperties stands in an element\'s tag');
    }
  }

  override render(_properties: Readonly<Record<string, string>>): typeof nothing {
    return nothing;
  }

  override update(part: ElementPart, [properties]: [Readonly<Record<string, string>>]): typeof nothing {
    if (part.element instanceof HTMLElement) {
      for (const [name, value] of Object.entries(properties)) {
        part.element.style.setProperty(name, value);
      }
    }
    return nothing;
  }
}

export const cssProperties = directive(CssPropertiesDirective);
