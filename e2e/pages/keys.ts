/** The window without a mouse: Tab, Enter, arrows and the studio's own keys. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import type { StudioPage } from './studio-page';

const MOST_TABS = 150;

export class Keys {
  constructor(readonly page: Page) {}

  press(...keys: string[]): Promise<void> {
    return keys.reduce(
      (before, key) => before.then(() => this.page.keyboard.press(key)),
      Promise.resolve(),
    );
  }

  /** Goes on with Tab (or back) until `target` has the focus; fails where Tab never comes there. */
  async tabTo(
    target: Locator,
    key: 'Tab' | 'Shift+Tab' = 'Tab',
    isThere: (target: Locator) => Promise<boolean> = isFocused,
  ): Promise<void> {
    await expect(target).toBeVisible();
    for (let count = 0; count < MOST_TABS; count += 1) {
      if (await isThere(target)) return;
      await this.page.keyboard.press(key);
    }
    throw new Error(`Tab never came to ${target}.`);
  }

  /** The button, link or tab, as Tab and Enter press it. */
  async activate(target: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
    await expect(target).toBeEnabled();
    await this.tabTo(target);
    await this.page.keyboard.press(key);
  }

  /** A tab of a list of tabs: Tab comes to the chosen one, the arrows go on. */
  async tab(name: string | RegExp): Promise<void> {
    const tab = this.page.getByRole('tab', { name });
    const list = this.page.getByRole('tablist').filter({ has: tab });
    await this.tabTo(list.getByRole('tab', { selected: true }));
    const count = await list.getByRole('tab').count();
    for (let at = 0; at < count && !(await isFocused(tab)); at += 1) {
      await this.page.keyboard.press('ArrowRight');
    }
    await expect(tab).toHaveAttribute('aria-selected', 'true');
  }

  /** One of a group of choices: Tab comes to the chosen one, the arrows go on. The window may take a moment to follow. */
  async choice(group: Locator, name: string): Promise<void> {
    const wanted = group.getByRole('radio', { name, exact: true });
    await this.tabTo(group, 'Tab', holdsFocus);
    const count = await group.getByRole('radio').count();
    for (let at = 0; at < count && !(await wanted.isChecked()); at += 1) {
      await this.page.keyboard.press('ArrowRight');
      await expect(group.getByRole('radio', { checked: true })).toBeFocused();
    }
    await expect(wanted).toBeChecked();
  }

  /** What stands in the field that has the focus, written anew. */
  async write(text: string): Promise<void> {
    await this.press('Control+a', 'Delete');
    await this.page.keyboard.type(text);
  }

  /** An entry of the menu that is open, found with the arrows. */
  async choose(name: string | RegExp): Promise<void> {
    const item = this.page.getByRole('menuitem', { name });
    await expect(item).toBeVisible();
    for (let count = 0; count < 40; count += 1) {
      await this.page.keyboard.press('ArrowDown');
      if (await isFocused(item)) return this.press('Enter');
    }
    throw new Error(`The arrows never came to ${item}.`);
  }

  /** With the studio's key for opening; the system's dialog is answered here. */
  async open({ app }: StudioPage, path: string): Promise<void> {
    await app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, path);
    await this.press('Control+o');
    await expect(this.page.getByRole('region', { name: 'Notebook', exact: true })).toBeVisible();
  }
}

function isFocused(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement);
}

function holdsFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element.contains(document.activeElement));
}
