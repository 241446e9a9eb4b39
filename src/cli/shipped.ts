import { fileURLToPath } from 'node:url';

/** The folder that Quintet itself lies in, wherever it was installed; the same from src and from dist. */
export const ownFolder = fileURLToPath(new URL('../../', import.meta.url));

/** A folder that ships with Quintet. */
export const shipped = (name: 'templates' | 'labs'): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
