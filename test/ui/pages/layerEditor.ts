import type { Locator } from 'playwright-core';
import type { ExperimentForm } from './experimentForm';

/** The layers of a network in the experiment form. */
export class LayerEditor {
  constructor(private readonly form: ExperimentForm) {}

  get section(): Locator {
    return this.form.frame.locator('.layers');
  }

  /** A layer. @param place its indices from 0, joined by dots. */
  layer(place: string): Locator {
    return this.section.locator(`[data-layer="${place}"]`);
  }

  /** The part of a layer that opens its fields and takes Alt with arrow keys. */
  name(place: string): Locator {
    return this.layer(place).locator('.layer-name').first();
  }

  /** The kinds of the layers in their order, those of residual blocks not among them. */
  async kinds(): Promise<(string | null)[]> {
    const layers = await this.section.locator('[data-layers=""] > .layer').all();
    return Promise.all(layers.map((layer) => layer.getAttribute('data-kind')));
  }

  /** Waits until the layers are these. */
  async waitForKinds(kinds: readonly string[]): Promise<void> {
    const last = kinds.length - 1;
    await this.section.locator(`[data-layers=""] > .layer[data-layer="${last}"][data-kind="${kinds[last]}"]:last-child`).waitFor();
    for (const [index, kind] of kinds.entries()) {
      await this.section.locator(`[data-layer="${index}"][data-kind="${kind}"]`).waitFor();
    }
  }

  /** What a layer hands on, once it is known. */
  async output(place: string): Promise<string> {
    const output = this.layer(place).locator('.layer-output').first();
    await output.filter({ hasText: /\d/ }).waitFor();
    return (await output.innerText()).trim();
  }

  async add(kind: string): Promise<void> {
    await this.section.locator('[data-add-layer=""]').selectOption(kind);
  }

  async edit(): Promise<void> {
    await this.section.locator('[data-action="editLayers"]:not([disabled])').click();
  }

  async useSimpleSettings(): Promise<void> {
    await this.section.locator('[data-action="simpleSettings"]').click();
  }
}
