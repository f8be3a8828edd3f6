/** The pipeline place: its graph, its inspector, its list of cells. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

export class PipelinePage {
  constructor(readonly page: Page) {}

  step(id: string): Locator {
    return this.page.getByTestId(`step-${id}`);
  }

  inspector(kind: 'step' | 'edge'): Locator {
    return this.page.getByTestId(`${kind}-inspector`);
  }

  parameter(name: string): Locator {
    return this.page.getByTestId(`parameter-${name}`);
  }

  async hasSteps(...ids: string[]): Promise<void> {
    await expect(this.page.getByTestId('pipeline-counts')).toContainText(`${ids.length} steps`, {
      timeout: 30_000,
    });
    for (const id of ids) await expect(this.step(id)).toBeAttached();
  }

  /** With keys alone: Tab has brought the focus to the step. */
  async selectWithKeys(name: string): Promise<void> {
    await this.page.getByLabel(`Step ${name}`, { exact: true }).focus();
    await this.page.keyboard.press('Enter');
    await expect(this.inspector('step')).toContainText(`Step ${name}`);
  }

  async rename(name: string): Promise<void> {
    const field = this.page.getByTestId('step-name');
    await field.focus();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.type(name);
    await this.page.keyboard.press('Enter');
  }

  async selectEdge(from: string, to: string): Promise<void> {
    const edge = this.page.getByTestId(`edge-${from}-${to}`);
    await edge.focus();
    await this.page.keyboard.press('Enter');
    await expect(this.inspector('edge')).toBeVisible();
  }

  async mergeWith(name: string): Promise<void> {
    await this.page.getByTestId('step-merge').click();
    await this.page.getByRole('menuitem', { name, exact: true }).click();
  }

  /** An entry of the menu of a cell, counted from 1 over all cells. */
  async ofCell(number: number, entry: string | RegExp): Promise<void> {
    await this.page.getByRole('tab', { name: 'Cells' }).click();
    await this.page
      .getByRole('button', { name: `Actions for cell ${number}`, exact: true })
      .click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }
}
