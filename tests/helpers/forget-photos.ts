import type { Page } from 'playwright-core';

/** Deletes the open library's photos and what is kept of them, as a person would; resolves when `after` is there. */
export async function forgetPhotos(
  page: Page,
  after = page.getByRole('button', { name: 'Try the sample album' }),
): Promise<void> {
  await page.getByRole('button', { name: /^[\d,]+ photos?$/ }).click();
  await page.getByRole('button', { name: 'Delete this library', exact: true }).click();
  await page.getByRole('button', { name: 'Delete this library for good' }).click();
  await after.waitFor();
}
