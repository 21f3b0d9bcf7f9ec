/** Renders `static/icon.svg` to the PNG files of the web manifest. `node tools/make-icons.js` */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { QUIET_FLAGS, findChromium } from './browser.js';
import { root } from './build.js';

const svg = await readFile(path.join(root, 'static/icon.svg'), 'base64');
const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...QUIET_FLAGS] });
for (const size of [192, 512]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body { margin: 0 } img { display: block; width: 100vw }</style>
     <img src="data:image/svg+xml;base64,${svg}">`,
  );
  await page.screenshot({ path: path.join(root, `static/icon-${size}.png`) });
}
await browser.close();
