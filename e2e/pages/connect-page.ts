/** The dialog behind the kernel chip: environments, one made for this notebook, a Jupyter server. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

export class ConnectPage {
  readonly dialog: Locator;

  constructor(readonly page: Page) {
    this.dialog = page.getByRole('dialog', { name: /Kernel/ });
  }

  async open(): Promise<void> {
    await this.page.getByTestId('kernel-chip').click();
    await expect(this.dialog).toBeVisible();
  }

  async openServers(): Promise<void> {
    await this.open();
    await this.dialog.getByRole('tab', { name: 'Jupyter server' }).click();
  }

  environment(text: string | RegExp): Locator {
    return this.dialog.getByTestId('environment').filter({ hasText: text });
  }

  async makeEnvironment(): Promise<void> {
    await this.dialog
      .getByRole('button', { name: 'Make an environment for this notebook' })
      .click();
  }

  async askServer(url: string, token: string): Promise<void> {
    await this.dialog.getByLabel('Address').fill(url);
    await this.dialog.getByRole('textbox', { name: 'Token' }).fill(token);
    await this.dialog.getByRole('button', { name: 'Show its kernels' }).click();
  }

  /** What went wrong with the kernel, above the cells. */
  notice(text: RegExp): Locator {
    return this.page.getByTestId('notebook').getByTestId('error-notice').filter({ hasText: text });
  }
}
