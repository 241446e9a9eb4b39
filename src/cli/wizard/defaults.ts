/** Where a lab is written when nobody says where. */
export const defaultFolder = './quintet-lab';

/** What a command line has decided already. */
export interface Defaults {
  readonly lab?: string | undefined;
  readonly folder?: string | undefined;
  readonly settings?: readonly (readonly [path: string, value: string])[];
}
