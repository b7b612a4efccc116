/**
 * node scripts/renderIcon.mjs: draws media/icon.svg as media/icon.png, which the marketplace and VS Code's list of extensions
 * show. Needed only after a change to the picture. Uses the Chromium of the tests.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const media = path.join(import.meta.dirname, '..', 'media');
const size = 256;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<body style="margin:0">${readFileSync(path.join(media, 'icon.svg'), 'utf8')}</body>`);
  writeFileSync(path.join(media, 'icon.png'), await page.screenshot({ omitBackground: true }));
} finally {
  await browser.close();
}
