import { createSpotlight } from '@mantine/spotlight';

/** The one search of the console. */
export const [paletteStore, palette] = createSpotlight();

export const openPalette = () => palette.open();
