/** The notebook place: its cells, its kernel. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

export class NotebookPage {
  constructor(readonly page: Page) {}

  /** Counted from 1 over all cells, as a person counts. */
  cell(number: number): Locator {
    return this.page.getByTestId('cell').nth(number - 1);
  }

  runState(number: number): Locator {
    return this.cell(number).getByTestId('run-state');
  }

  outputs(number: number): Locator {
    return this.cell(number).getByTestId('cell-outputs');
  }

  /** Through the kernel chip: the environment that lies beside the notebook. */
  async useEnvironmentBeside(): Promise<void> {
    await this.page.getByTestId('kernel-chip').click();
    const row = this.page
      .getByTestId('environment')
      .filter({ hasText: 'near the notebook' })
      .first();
    await row.getByRole('button', { name: /^Use / }).click({ timeout: 30_000 });
    await this.isIdle();
  }

  async isIdle(): Promise<void> {
    await expect(this.page.getByTestId('kernel-chip')).toContainText('idle', { timeout: 90_000 });
  }

  async runAll(): Promise<void> {
    await this.page.getByRole('button', { name: 'Run all' }).click();
  }

  /** Every code cell has run, and well. */
  async hasRun(timeout = 120_000): Promise<void> {
    const states = this.page.getByTestId('run-state');
    await expect
      .poll(
        () =>
          states.evaluateAll(
            (all) => all.filter((one) => one.dataset.state !== 'succeeded').length,
          ),
        {
          timeout,
        },
      )
      .toBe(0);
  }

  async select(number: number): Promise<void> {
    const cell = this.cell(number);
    await cell.scrollIntoViewIfNeeded();
    await cell.focus();
  }

  /** Types into the cell's editor, replacing what is there. */
  async write(number: number, text: string): Promise<void> {
    await this.select(number);
    await this.page.keyboard.press('Enter');
    await expect(this.cell(number)).toHaveAttribute('data-mode', 'edit');
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.insertText(text);
  }

  async runWithKeys(number: number): Promise<void> {
    await this.select(number);
    await this.page.keyboard.press('Control+Enter');
  }

  async isSaved(): Promise<void> {
    await expect(this.page.getByTestId('save-state')).toHaveAttribute('data-status', 'saved', {
      timeout: 15_000,
    });
  }
}
