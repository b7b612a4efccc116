import type { Page } from 'playwright-core';

/** Text that stands out too little: "ratio, colours, text". */
export async function lowContrast(page: Page, least: number): Promise<string[]> {
  return page.evaluate((minimum) => {
    type Colour = readonly [red: number, green: number, blue: number, alpha: number];
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const parse = (text: string): Colour => {
      if (canvas === null) {
        return [0, 0, 0, 1];
      }
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return [red, green, blue, alpha / 255];
    };
    const over = (top: Colour, below: Colour): Colour => {
      const mix = (index: 0 | 1 | 2): number => top[index] * top[3] + below[index] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const luminance = ([red, green, blue]: Colour): number => {
      const [r = 0, g = 0, b = 0] = [red, green, blue].map((channel) => (channel / 255 <= 0.03928 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const parentOf = (element: Element): Element | null => {
      const root = element.getRootNode();
      return element.assignedSlot ?? element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
    };
    const backgroundOf = (element: Element | null): Colour => {
      if (element === null) {
        return [255, 255, 255, 1];
      }
      const own = parse(getComputedStyle(element).backgroundColor);
      return own[3] === 1 ? own : over(own, backgroundOf(parentOf(element)));
    };
    const isFaded = (element: Element | null): boolean =>
      element !== null && (Number(getComputedStyle(element).opacity) < 1 || element.matches(':disabled, [disabled]') || isFaded(parentOf(element)));
    const found = new Set<string>();
    for (const element of document.querySelectorAll('#root *')) {
      const text = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent?.trim() ?? '').join('');
      if (text === '' || !element.checkVisibility() || isFaded(element) || element.matches('option, .visually-hidden, .visually-hidden *')) {
        continue;
      }
      const background = backgroundOf(element);
      const style = getComputedStyle(element);
      const lights = [luminance(over(parse(style.color), background)), luminance(background)].sort((a, b) => b - a);
      const ratio = ((lights[0] ?? 0) + 0.05) / ((lights[1] ?? 0) + 0.05);
      if (ratio < minimum) {
        found.add(`${ratio.toFixed(2)} ${style.color} on ${background.slice(0, 3).map(Math.round).join(' ')}: ${element.className} ${text.slice(0, 40)}`);
      }
    }
    return [...found];
  }, least);
}

/** What can take the focus but has no name for screen readers, by role. */
export async function namelessControls(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter(({ ignored, properties }) => !ignored && properties?.some(({ name, value }) => name === 'focusable' && value.value === true) === true)
    .filter(({ name, role }) => String(name?.value ?? '').trim() === '' && role?.value !== 'RootWebArea')
    .map(({ role }) => String(role?.value));
}

/** How many pixels the page is wider than its window. */
export async function horizontalOverflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
