import { fileURLToPath } from 'node:url';

/** A folder that ships with Quintet, wherever it was installed; the same from src and from dist. */
export const shipped = (name: 'templates' | 'labs'): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
