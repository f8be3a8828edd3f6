/** Mantine's theme in the studio's tokens: one accent, small radii, dense controls. */
import {
  ActionIcon,
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Kbd,
  type MantineColorsTuple,
  Menu,
  Modal,
  Popover,
  Table,
  Tabs,
  Tooltip,
} from '@mantine/core';

const accent: MantineColorsTuple = [
  '#e6f7fa',
  '#cdeaf0',
  '#a5d9e3',
  '#7acad9',
  '#5bc0d1',
  '#46b8cc',
  '#2c9fb4',
  '#0c7589',
  '#0a6274',
  '#084e5c',
];

/** Mantine's greys in the slate of the studio; from text to the deepest ground. */
const dark: MantineColorsTuple = [
  '#e7ebef',
  '#b4bec8',
  '#9aa5b1',
  '#808b97',
  '#3a4552',
  '#262e38',
  '#1a2028',
  '#13181e',
  '#0e1216',
  '#0a0d10',
];

export const theme = createTheme({
  colors: { accent, dark },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-code)',
  headings: { fontFamily: 'var(--font-text)', fontWeight: '600' },
  fontSizes: { xs: '11.5px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '20px', xl: '28px' },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'compact-sm', h: 28, px: 10, fw: 500 } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 28 } }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', tt: 'none', fw: 500 } }),
    Kbd: Kbd.extend({ defaultProps: { size: 'xs' } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } }),
    Modal: Modal.extend({
      defaultProps: {
        radius: 10,
        transitionProps: { duration: 100 },
        overlayProps: { opacity: 0.5 },
      },
    }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } }),
    Table: Table.extend({
      defaultProps: {
        verticalSpacing: 6,
        horizontalSpacing: 10,
        fz: 13,
        borderColor: 'var(--line)',
      },
    }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 400,
        withinPortal: true,
        fz: 12,
        transitionProps: { duration: 80 },
      },
    }),
  },
});

const variables = {
  '--mantine-color-body': 'var(--surface-2)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--dim)',
  '--mantine-color-default': 'var(--surface-2)',
  '--mantine-color-default-hover': 'var(--surface-3)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line)',
  '--mantine-color-placeholder': 'var(--faint)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-accent-light': 'var(--accent-bg)',
  '--mantine-color-accent-light-hover': 'var(--accent-bg)',
  '--mantine-color-accent-light-color': 'var(--accent)',
  '--table-border-color': 'var(--line)',
};

export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: variables,
  dark: variables,
});
