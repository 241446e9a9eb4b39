import type { Architecture, BoxOrder, BoxProvider } from './box-order.js';
import { diskBytes, diskGibibytes } from './disk-layout.js';
import { ovfOf } from './ovf.js';

/** What a box of each provider is made of, beside its disk. */
export interface BoxFormat {
  readonly disk: string;
  /** The qemu-img options that make it of a raw disk. */
  readonly convert: readonly string[];
  readonly files: (order: BoxOrder, diskFileBytes: number) => ReadonlyMap<string, string>;
}

const vagrantfile = `# frozen_string_literal: true

Vagrant.configure('2') do |config|
  config.vm.synced_folder '.', '/vagrant', disabled: true
end
`;

const common = (order: BoxOrder, metadata: object): [string, string][] => [
  ['metadata.json', `${JSON.stringify({ provider: order.provider, architecture: order.architecture, ...metadata })}\n`],
  ['Vagrantfile', vagrantfile],
  ['info.json', `${JSON.stringify(infoOf(order), null, 2)}\n`],
];

/** What `vagrant box list --box-info` shows. */
const infoOf = ({ system, architecture, app, database }: BoxOrder) => ({
  made_by: 'quintet box build',
  system,
  architecture,
  runtime: app.runtime,
  engine: database.engine,
});

const libvirt: BoxFormat = {
  disk: 'box.img',
  convert: ['-O', 'qcow2', '-c', '-o', 'compression_type=zstd'],
  files: (order) => new Map(common(order, { format: 'qcow2', virtual_size: diskGibibytes })),
};

const osType: Record<Architecture, string> = { amd64: 'Debian_64', arm64: 'Debian_arm64' };

const virtualbox: BoxFormat = {
  disk: 'box-disk001.vmdk',
  convert: ['-O', 'vmdk', '-o', 'subformat=streamOptimized'],
  files: (order, diskFileBytes) => {
    const { system, architecture } = order;
    const disk = { file: virtualbox.disk, fileBytes: diskFileBytes, capacityBytes: diskBytes };
    const ovf = ovfOf({ name: `quintet-${system}`, osType: osType[architecture], efi: architecture === 'arm64', disk });
    return new Map([...common(order, {}), ['box.ovf', ovf]]);
  },
};

const formats: Record<BoxProvider, BoxFormat> = { libvirt, virtualbox };

export const formatOf = (provider: BoxProvider): BoxFormat => formats[provider];
