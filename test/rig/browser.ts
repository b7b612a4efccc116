import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import type { Rig } from './install';

/** Starts a Chromium without a screen that calls nobody. */
export async function launchBrowser(rig: Rig): Promise<Browser> {
  return chromium.launch({
    executablePath: rig.chromium,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
