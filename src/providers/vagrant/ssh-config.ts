/**
 * What `vagrant ssh-config` tells of a machine, as it is written down. Vagrant writes the paths of keys as they are, and
 * ssh reads quotes, `\` and `%` in them as its own (ssh_config(5)).
 */

const keyLine = /^(\s*IdentityFile )(?:"(.*)"|(.*))$/gm;

/** Windows' paths have none of these but the `\`, which Vagrant has seen to. */
const quoted = (path: string): string => `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`;

/** The folder stands in it as well: the keys' paths hold for as long as the lab lies there. */
const heading = (folder: string): string => `# ${JSON.stringify(folder)}\n`;

export const configToKeep = (folder: string, told: string, platform: NodeJS.Platform = process.platform): string => {
  const rewritten = told.replaceAll(
    keyLine,
    (_, words: string, withSpaces?: string, plain?: string) => `${words}${quoted(withSpaces ?? plain ?? '')}`,
  );
  return `${heading(folder)}${platform === 'win32' ? told : rewritten}`;
};

const portIn = (config: string): number => Number(/^\s*Port (\d+)\s*$/m.exec(config)?.[1]);

/** Whether what was written down still leads to this machine: the lab may have moved, and the port be another machine's. */
export const isStillRight = (config: string, folder: string, port: number | undefined): boolean =>
  config.startsWith(heading(folder)) && (port === undefined || portIn(config) === port);
