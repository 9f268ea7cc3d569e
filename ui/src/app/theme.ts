import { Anchor, type CSSVariablesResolver, createTheme, DEFAULT_THEME, Drawer, type MantineColorsTuple, Modal, Notification } from '@mantine/core';

const field: MantineColorsTuple = ['#e6f7f2', '#c9ece1', '#9fdcc8', '#6fcaac', '#45b892', '#27a67e', '#14916c', '#0b7a5b', '#07644b', '#044d39'];

export const theme = createTheme({
  primaryColor: 'field',
  primaryShade: { light: 7, dark: 8 },
  colors: { field },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '650' },
  components: {
    // Colour alone does not tell a link from the text around it.
    Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } }, styles: { title: { fontWeight: 650, fontSize: 'var(--mantine-font-size-lg)' } } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } }, styles: { title: { fontWeight: 650, fontSize: 'var(--mantine-font-size-lg)' } } }),
  },
});

/** Inks of colours whose darkest shade is still too pale on white. */
const inks: Record<string, string> = { yellow: '#744700', orange: '#97350a', lime: '#3b5c0a', green: '#226b31' };

/**
 * Mantine's defaults for dimmed and tinted text are too pale to read for many
 * people (under 4.5 to 1); these are not.
 */
export const readable: CSSVariablesResolver = () => {
  const light: Record<string, string> = { '--mantine-color-dimmed': '#545b63', '--mantine-color-error': '#b42318', '--mantine-color-placeholder': '#636a72' };
  const dark: Record<string, string> = { '--mantine-color-dimmed': '#a9afb6', '--mantine-color-error': '#ff8a80', '--mantine-color-placeholder': '#9299a1', '--mantine-color-anchor': '#6fcaac' };
  for (const [name, shades] of Object.entries({ ...DEFAULT_THEME.colors, field })) {
    if (name === 'dark') continue;
    const ink = inks[name] ?? shades[9] ?? '';
    light[`--mantine-color-${name}-light-color`] = ink;
    dark[`--mantine-color-${name}-light-color`] = shades[1] ?? '';
    light[`--mantine-color-${name}-text`] = ink;
    dark[`--mantine-color-${name}-text`] = shades[3] ?? '';
    light[`--mantine-color-${name}-outline`] = ink;
    dark[`--mantine-color-${name}-outline`] = shades[3] ?? '';
  }
  light['--mantine-color-gray-light-color'] = '#3b424a';
  return { variables: {}, light, dark };
};
