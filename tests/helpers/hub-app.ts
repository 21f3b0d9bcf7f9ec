import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { serveDist } from '../../tools/start.js';
import { openApp, SMALL, type App, type AppOptions } from './app';
import { openTestHub, type TestHub } from './hub';

/** A served page that may take models from a hub of its own. */
export interface HubSite {
  readonly hub: TestHub;
  /** Opens the page in a browser of its own and waits until the built-in model is ready. */
  open(options?: Partial<AppOptions>): Promise<App>;
  /** Fails when the page has asked anything of anyone but its own origin and the hub. */
  expectOnlyHub(app: App): void;
  close(): Promise<void>;
}

/** @param allowed whether the page's server lets models come from the hub */
export async function openHubSite(allowed = true): Promise<HubSite> {
  const hub = await openTestHub();
  const server = await serveDist({ port: 0, hosts: allowed ? [hub.url, hub.cdn] : [] });
  return {
    hub,
    async open(options = {}) {
      const app = await openApp({ webgpu: false, url: server.url, query: SMALL, ...options });
      await app.page.getByRole('status').getByText('ready on WASM').waitFor();
      return app;
    },
    expectOnlyHub({ egress }) {
      const others = egress.requests.filter(
        (one) => !one.includes(` ${hub.url}/`) && !one.includes(` ${hub.cdn}/`),
      );
      expect(others, 'requests to others than the chosen hub').toEqual([]);
    },
    async close() {
      await server.close();
      await hub.close();
    },
  };
}

export async function openModels(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Model/ }).click();
  await page.getByRole('dialog', { name: 'Models' }).waitFor();
}

/** Chooses the hub in the models dialog. */
export async function chooseHub(page: Page, address: string): Promise<void> {
  if (!(await page.getByRole('dialog', { name: 'Models' }).isVisible())) await openModels(page);
  if (!(await page.getByLabel('Hub address').isVisible())) {
    await page.getByText('Advanced', { exact: true }).click();
  }
  await page.getByLabel('Hub address').fill(address);
  await page.getByRole('button', { name: 'Use', exact: true }).click();
  await page.getByRole('status').getByText('Models come from').waitFor();
}

/** Looks at a repository in the models dialog, which is open. */
export async function look(page: Page, repository: string): Promise<void> {
  await page.getByLabel('Any repository on the hub').fill(repository);
  await page.getByRole('button', { name: 'Look', exact: true }).click();
}

/** Looks at a repository and downloads it; resolves once the download is under way. */
export async function fetchModel(page: Page, repository: string, precision = 'q8'): Promise<void> {
  await look(page, repository);
  const dialog = page.getByRole('dialog', { name: 'Models' });
  const choice = dialog.getByLabel('Keep it in').first();
  await dialog.getByRole('button', { name: 'Download', exact: true }).waitFor();
  await choice.selectOption({ index: ['fp32', 'fp16-storage', 'q8', 'q4'].indexOf(precision) });
  await dialog.getByRole('button', { name: 'Download', exact: true }).click();
}

/** The line that shows a download. */
export function downloadLine(page: Page, name: string) {
  return page.getByRole('group', { name, exact: true });
}

/** Names of all that lies in the page's private storage under `folder`, with sizes. */
export function storedFiles(page: Page, folder: string): Promise<string[]> {
  return page.evaluate(async (top) => {
    const list = async (directory: FileSystemDirectoryHandle, before: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const entry of directory.values()) {
        const name = `${before}/${entry.name}`;
        found.push(...(entry.kind === 'directory' ? [name, ...(await list(entry, name))] : [name]));
      }
      return found;
    };
    const root = await navigator.storage.getDirectory();
    try {
      return await list(await root.getDirectoryHandle(top), top);
    } catch {
      return [];
    }
  }, folder);
}

/** A file of the page's private storage. */
export async function storedFile(page: Page, ...place: string[]): Promise<Uint8Array> {
  const base64 = await page.evaluate(async (names) => {
    let directory = await navigator.storage.getDirectory();
    for (const name of names.slice(0, -1)) directory = await directory.getDirectoryHandle(name);
    const file = await (await directory.getFileHandle(names.at(-1) ?? '')).getFile();
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 32_768) {
      text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    }
    return btoa(text);
  }, place);
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}
