import type { Page } from 'playwright-core';

/** Makes a library on a page that shows `count` photos, and opens it; resolves once it is there, empty. */
export async function newLibrary(page: Page, count: number, name: string): Promise<void> {
  await page.getByRole('button', { name: count === 1 ? '1 photo' : `${count} photos` }).click();
  await page.getByRole('button', { name: 'New library' }).click();
  await page.getByRole('textbox', { name: 'Name of the new library' }).fill(name);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText(`${name} is empty.`).waitFor();
}
