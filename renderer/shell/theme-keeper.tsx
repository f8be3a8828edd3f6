/** Keeps Mantine, the native window and the settings on one theme. */
import { useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { native } from '../native';
import { useProject } from '../ui';

export function ThemeKeeper() {
  const theme = useProject()?.settings.theme;
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (theme === undefined) return;
    setColorScheme(theme === 'system' ? 'auto' : theme);
    native()?.setTheme(theme);
  }, [theme, setColorScheme]);
  return null;
}
