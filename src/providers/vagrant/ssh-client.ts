/** How to get the `ssh` that commands reach machines through: Vagrant's own is for Vagrant alone. */
const ways: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  win32: 'in PowerShell, as administrator: Add-WindowsCapability -Online -Name OpenSSH.Client~~~~0.0.1.0',
  linux: 'sudo apt-get install --yes openssh-client',
};

export const waysToSsh = (platform: NodeJS.Platform): string => ways[platform] ?? 'install OpenSSH';
