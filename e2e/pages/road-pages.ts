/** The places after the notebook; each verb does what a person would do there and waits for what they would see. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import type { StudioPage } from './studio-page';

export class PackagePage {
  constructor(readonly page: Page) {}

  async write(): Promise<void> {
    await this.page.getByTestId('package-generate').click();
    await expect(this.page.getByTestId('package-run')).toBeEnabled({ timeout: 120_000 });
    await this.page.getByRole('tab', { name: 'Files' }).click();
    await expect(this.page.getByTestId('package-files')).toBeVisible();
  }

  async runAndCompare(): Promise<void> {
    const button = this.page.getByTestId('package-run');
    await button.click();
    await expect(button).toBeDisabled();
    // A run that is kept shows as succeeded all along; only its end frees the button.
    await expect(button).toBeEnabled({ timeout: 240_000 });
    await expect(this.page.getByTestId('package-run-view')).toHaveAttribute(
      'data-state',
      'succeeded',
      { timeout: 240_000 },
    );
  }

  async proofRows(): Promise<Locator> {
    await this.page.getByRole('tab', { name: /proof/i }).click();
    return this.page.getByTestId('proof-row');
  }

  /** The variable behind `/predict`. */
  async serve(name: string): Promise<void> {
    const select = this.page.getByLabel('Serves');
    const option = select
      .locator('option')
      .filter({ hasText: new RegExp(`\\b${name}\\b`) })
      .first();
    await select.selectOption((await option.getAttribute('value')) ?? '');
  }
}

type Mode = 'Job' | 'Scheduled job' | 'Service';

export class EstimatePage {
  constructor(readonly page: Page) {}

  async isShown(): Promise<void> {
    await expect(this.page.getByTestId('estimate')).toHaveAttribute('data-shown', 'true', {
      timeout: 30_000,
    });
  }

  async mode(label: Mode): Promise<void> {
    await this.page.getByTestId('estimate-mode').getByText(label, { exact: true }).click();
  }

  /** What is to stand where, with its price seen. */
  async chooseFor(studio: StudioPage, mode: Mode, target: string): Promise<void> {
    await studio.goTo('estimate');
    await this.mode(mode);
    await this.isShown();
    await this.choose(target);
  }

  likely(target: string): Locator {
    return this.page.getByTestId(`estimate-row-${target}`).getByTestId('estimate-likely');
  }

  async choose(target: string): Promise<void> {
    await this.page.getByTestId(`estimate-row-${target}`).click();
  }

  assumption(key: string): Locator {
    return this.page.getByTestId(`assumption-${key}`);
  }

  async assume(key: string, value: string): Promise<void> {
    const field = this.assumption(key).getByRole('textbox');
    await field.fill(value);
    await field.press('Enter');
  }

  async assumeChoice(key: string, value: string): Promise<void> {
    await this.assumption(key).getByRole('combobox').selectOption(value);
  }

  async takeBack(key: string): Promise<void> {
    await this.assumption(key).getByRole('button', { name: /^Put / }).click();
  }

  async plan(): Promise<void> {
    await this.page.getByTestId('estimate-plan').click();
    await expect(this.page.getByTestId('plan')).toBeVisible({ timeout: 30_000 });
  }
}

/** Texts to type and choices to make, by the key of a target's option. */
export interface Filled {
  readonly options: Readonly<Record<string, string>>;
  readonly choices: Readonly<Record<string, string>>;
}

export class DeployPage {
  constructor(readonly page: Page) {}

  async choose(studio: StudioPage, { options, choices }: Filled): Promise<void> {
    await studio.goTo('deploy');
    for (const [key, value] of Object.entries(options)) {
      const field = this.page.getByTestId(`deploy-option-${key}`);
      await field.fill(value);
      await field.press('Enter');
    }
    for (const [key, value] of Object.entries(choices)) {
      await this.page.getByTestId(`deploy-option-${key}`).selectOption(value);
    }
  }

  async schedule(cron: string, timeZone: string): Promise<void> {
    for (const [id, text] of [
      ['deploy-cron', cron],
      ['deploy-time-zone', timeZone],
    ] as const) {
      const field = this.page.getByTestId(id);
      await field.fill(text);
      await field.press('Enter');
    }
  }

  /** NAME=value, one a line. */
  async environment(pairs: string): Promise<void> {
    await this.#write('environment', pairs);
  }

  /** NAME=reference, one a line. */
  async secrets(references: string): Promise<void> {
    await this.#write('secrets', references);
  }

  async #write(what: 'environment' | 'secrets', text: string): Promise<void> {
    const field = this.page.getByTestId(`deploy-${what}`);
    await field.fill(text);
    await field.blur();
    // What was planned before does not hold any more.
    await expect(this.page.getByTestId('plan')).toBeHidden();
  }

  async plan(): Promise<void> {
    await this.page.getByTestId('deploy-plan').click();
    await expect(this.page.getByTestId('deploy-apply')).toBeEnabled({ timeout: 60_000 });
  }

  /** Either end of it, so that a failure is told at once. */
  async apply(timeout = 180_000): Promise<void> {
    const button = this.page.getByTestId('deploy-apply');
    await button.click();
    // From then on an alert is of this one, not of a failure before.
    await expect(button).toBeHidden();
    const result = this.page.getByTestId('deploy-result');
    await expect(result.or(this.#alert()).first()).toBeVisible({ timeout });
    await expect(result).toBeVisible();
  }

  /** The one button that changes anything names the target and the price that the plan comes to. */
  async confirms(target: string): Promise<void> {
    const total = await this.page.getByTestId('plan-total').getByRole('cell').last().innerText();
    expect(total).toContain('$');
    await expect(this.page.getByTestId('deploy-apply')).toHaveText(
      `Deploy · ${target} · about ${total}`,
    );
  }

  /** As `apply`; a line of the plan is seen under way, and all of them done in the end. */
  async applyInSight(timeout: number): Promise<void> {
    const lines = this.page.getByTestId('plan-change');
    const inState = (state: string) => lines.and(this.page.locator(`[data-state="${state}"]`));
    const count = await inState('planned').count();
    expect(count).toBeGreaterThan(0);
    await Promise.all([inState('doing').first().waitFor({ timeout }), this.apply(timeout)]);
    await expect(inState('done')).toHaveCount(count);
  }

  /** Beside the package; answers the folder. */
  async exportFiles(): Promise<string> {
    await this.page.getByTestId('deploy-export').click();
    const folder = this.page.getByTestId('deploy-exported');
    await expect(folder).toBeVisible({ timeout: 60_000 });
    return folder.innerText();
  }

  /** Answers what the window says of why it did not go. */
  async fails(button: 'deploy-plan' | 'deploy-apply', timeout = 120_000): Promise<string> {
    await this.page.getByTestId(button).click();
    const alert = this.#alert().first();
    await expect(alert).toBeVisible({ timeout });
    return alert.innerText();
  }

  /** Of the place itself: notifications are alerts too, and Monaco keeps empty ones. */
  #alert(): Locator {
    return this.page.getByTestId('place').getByRole('alert').filter({ visible: true });
  }

  async url(): Promise<string> {
    return (await this.page.getByTestId('deploy-url').innerText()).trim();
  }
}

export class AlivePage {
  constructor(readonly page: Page) {}

  deployment(id: string): Locator {
    return this.page.getByTestId(`deployment-${id}`);
  }

  state(id: string): Locator {
    return this.deployment(id).getByTestId('deployment-state');
  }

  /** The verb's button, and the state it leads to. */
  async press(id: string, verb: 'start' | 'stop' | 'restart', state: RegExp): Promise<void> {
    await this.deployment(id).click();
    await this.page.getByTestId(verb).click();
    await expect(this.state(id)).toContainText(state, { timeout: 60_000 });
  }

  /** Now, and to its end. */
  async run(id: string): Promise<void> {
    await this.deployment(id).click();
    await this.page.getByTestId('run-now').click();
    await expect(this.page.getByTestId('run-history')).toContainText('succeeded', {
      timeout: 300_000,
    });
  }

  async rollBack(id: string, revision: number, state = /running/): Promise<void> {
    await this.deployment(id).click();
    await this.page.getByRole('button', { name: `Roll back to r${revision}` }).click();
    await expect(
      this.page.getByTestId(`revision-${revision}`).getByText('current', { exact: false }),
    ).toBeVisible({ timeout: 60_000 });
    await expect(this.state(id)).toContainText(state, { timeout: 60_000 });
  }

  async remove(id: string): Promise<void> {
    await this.deployment(id).click();
    await this.page.getByTestId('remove').click();
    await this.page.getByTestId('remove-confirm').click();
    await expect(this.deployment(id)).toBeHidden({ timeout: 60_000 });
  }
}
