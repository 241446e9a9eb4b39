import { readTemplates } from '../../src/host/templates.js';

/** The templates as they ship. */
export const templates = await readTemplates('templates');
