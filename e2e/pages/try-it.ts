/** The form for `/predict`, which stands in Deploy and in Alive. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

export const tryItForm = (page: Page): Locator => page.getByTestId('try-it');

/** Sends a body and answers what the service said. */
export async function tryIt(page: Page, body: unknown): Promise<unknown> {
  const form = tryItForm(page);
  await expect(form.getByTestId('try-it-send')).toBeVisible({ timeout: 30_000 });
  const json = form.getByText('JSON', { exact: true });
  if (await json.isVisible()) await json.click();
  await form.getByTestId('try-it-json').fill(JSON.stringify(body));
  await form.getByTestId('try-it-send').click();
  return answerIn(form);
}

export async function answerIn(form: Locator): Promise<unknown> {
  const answer = form.getByTestId('try-it-answer');
  await expect(answer).toHaveAttribute('data-status', '200', { timeout: 30_000 });
  const text = await answer.innerText();
  return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
}
