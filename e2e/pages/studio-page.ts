/** The frame of the window. Verbs that go somewhere answer with the place they lead to. */
import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

export type Place =
  | 'notebook'
  | 'pipeline'
  | 'package'
  | 'build'
  | 'estimate'
  | 'deploy'
  | 'operate';

const TITLES: Record<Place, string> = {
  notebook: 'Notebook',
  pipeline: 'Pipeline',
  package: 'Package',
  build: 'Image',
  estimate: 'Estimate',
  deploy: 'Deploy',
  operate: 'Alive',
};

export class StudioPage {
  constructor(
    readonly page: Page,
    readonly app: ElectronApplication,
  ) {}

  /** The start page is up and its samples are known, so the host answers. */
  async isReady(): Promise<void> {
    await expect(this.page.getByTestId('home')).toBeVisible({ timeout: 30_000 });
    await expect(this.page.getByRole('button', { name: /churn/i }).first()).toBeVisible({
      timeout: 30_000,
    });
  }

  /** Through the button and the system's dialog, whose answer is given here: no test can click a native dialog. */
  async open(path: string): Promise<void> {
    await this.tryToOpen(path);
    await expect(this.place('notebook')).toBeVisible();
  }

  /** As `open`, for a file that may be refused. */
  async tryToOpen(path: string): Promise<void> {
    await this.app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, path);
    await this.page
      .getByTestId('home')
      .getByRole('button', { name: /Open notebook/ })
      .click();
  }

  async openSample(title: RegExp): Promise<void> {
    await this.page.getByTestId('home').getByRole('button', { name: title }).click();
    await expect(this.place('notebook')).toBeVisible();
  }

  async goTo(place: Place): Promise<Locator> {
    await this.page.getByTestId(`rail-${place}`).click();
    await expect(this.place(place)).toBeVisible();
    return this.place(place);
  }

  place(place: Place): Locator {
    return this.page.getByRole('region', { name: TITLES[place], exact: true });
  }

  rail(place: Place): Locator {
    return this.page.getByTestId(`rail-${place}`);
  }

  /** Through the palette, as a person types it. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await this.page
      .getByPlaceholder(/Search or run a command/)
      .last()
      .fill(title);
    await this.page.keyboard.press('Enter');
  }
}
