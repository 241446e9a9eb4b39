/** The appliance that VirtualBox imports: DMTF's OVF 1.0 as VirtualBox itself writes it, and as little of it as it needs. */
export interface Appliance {
  readonly name: string;
  /** As `VBoxManage list ostypes` calls it. */
  readonly osType: string;
  readonly efi: boolean;
  readonly disk: { readonly file: string; readonly fileBytes: number; readonly capacityBytes: number };
}

interface Item {
  readonly id: number;
  /** CIM's ResourceType. */
  readonly type: number;
  readonly caption: string;
  readonly more: Readonly<Record<string, string | number>>;
}

const items: readonly Item[] = [
  { id: 1, type: 3, caption: '1 virtual CPU', more: { VirtualQuantity: 1 } },
  { id: 2, type: 4, caption: '512 MB of memory', more: { AllocationUnits: 'MegaBytes', VirtualQuantity: 512 } },
  { id: 3, type: 20, caption: 'sataController0', more: { Address: 0, ResourceSubType: 'AHCI' } },
  {
    id: 4,
    type: 17,
    caption: 'disk1',
    more: { AddressOnParent: 0, HostResource: '/disk/vmdisk1', Parent: 3 },
  },
  {
    id: 5,
    type: 10,
    caption: 'Ethernet adapter on NAT',
    more: { AutomaticAllocation: 'true', Connection: 'NAT', ResourceSubType: 'E1000' },
  },
];

/** The schema wants an item's elements in the order of their names. */
const itemText = ({ id, type, caption, more }: Item): string => {
  const fields = { ...more, Caption: caption, ElementName: caption, InstanceID: id, ResourceType: type };
  const lines = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
  return ['<Item>', ...lines.map(([name, value]) => `  <rasd:${name}>${value}</rasd:${name}>`), '</Item>']
    .map((line) => `      ${line}`)
    .join('\n');
};

/** VirtualBox's own words about a machine, for what OVF has none for. */
const firmware = ({ name, osType }: Appliance): string => `
    <vbox:Machine ovf:required="false" version="1.19-linux" name="${name}" OSType="${osType}">
      <Hardware>
        <Firmware type="EFI"/>
      </Hardware>
    </vbox:Machine>`;

export const ovfOf = (appliance: Appliance): string => {
  const { name, osType, efi, disk } = appliance;
  return `<?xml version="1.0"?>
<Envelope ovf:version="1.0" xml:lang="en-US" xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:vbox="http://www.virtualbox.org/ovf/machine">
  <References>
    <File ovf:id="file1" ovf:href="${disk.file}" ovf:size="${disk.fileBytes}"/>
  </References>
  <DiskSection>
    <Info>List of the virtual disks used in the package</Info>
    <Disk ovf:capacity="${disk.capacityBytes}" ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection>
    <Info>Logical networks used in the package</Info>
    <Network ovf:name="NAT">
      <Description>Logical network used by this appliance.</Description>
    </Network>
  </NetworkSection>
  <VirtualSystem ovf:id="${name}">
    <Info>A virtual machine</Info>
    <OperatingSystemSection ovf:id="96">
      <Info>The kind of installed guest operating system</Info>
      <Description>Debian_64</Description>
      <vbox:OSType ovf:required="false">${osType}</vbox:OSType>
    </OperatingSystemSection>
    <VirtualHardwareSection>
      <Info>Virtual hardware requirements for a virtual machine</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>${name}</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>virtualbox-2.2</vssd:VirtualSystemType>
      </System>
${items.map(itemText).join('\n')}
    </VirtualHardwareSection>${efi ? firmware(appliance) : ''}
  </VirtualSystem>
</Envelope>
`;
};
