import { expect, test } from 'vitest';
import { matchesKeys, showKeys } from './keys';

function press(key: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, code: '' };
  return { ...none, key, ...more } as KeyboardEvent;
}

test('a key press matches its accelerator, whatever letter Shift makes of it, and no other', () => {
  const matches = {
    plain: matchesKeys(press('k', { ctrlKey: true }), 'CmdOrCtrl+K'),
    shifted: matchesKeys(press('K', { ctrlKey: true, shiftKey: true }), 'CmdOrCtrl+Shift+K'),
    byPosition: matchesKeys(press('л', { ctrlKey: true, code: 'KeyK' }), 'CmdOrCtrl+K'),
    named: matchesKeys(press('ArrowUp', { altKey: true }), 'Alt+Up'),
    withoutModifier: matchesKeys(press('k'), 'CmdOrCtrl+K'),
    withMore: matchesKeys(press('k', { ctrlKey: true, shiftKey: true }), 'CmdOrCtrl+K'),
  };
  expect(matches).toEqual({
    plain: true,
    shifted: true,
    byPosition: true,
    named: true,
    withoutModifier: false,
    withMore: false,
  });
});

test('accelerators are shown as people read them', () => {
  expect(['CmdOrCtrl+Shift+K', 'Alt+Up'].map(showKeys)).toEqual(['Ctrl+Shift+K', 'Alt+Up']);
});
