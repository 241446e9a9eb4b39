import * as z from 'zod';
import { type Lab, type LabChoices, providerNames, systems } from '../model/lab.js';
import type { SettingsZod } from '../model/role.js';
import { additionalRoles, machinesWith, usualAdditional } from './additional.js';
import { companions, roleNames, roles } from './roles.js';

const hostLabel = /^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const domainName = /^(?=.{1,200}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;

const oneLine = z
  .string()
  .min(1)
  .regex(/^\P{Cc}*$/u, 'must be one line of text');

const address = z.ipv4({ error: 'must be an IPv4 address such as 192.168.56.21' });
const port = z.int().min(1).max(65535);

const machine = z.strictObject({
  roles: z.array(z.enum(roleNames)).min(1).describe('What this machine does'),
  address: address.optional().describe('Its address in the lab network; chosen by role when left out'),
  memoryMb: z.int().min(128).max(1_048_576).optional().describe('Memory in MiB; 1024 for a database, else 512'),
  cores: z.int().min(1).max(128).default(1).describe('Processor cores'),
});

const network = z.strictObject({
  subnet: z
    .cidrv4({ error: 'must be an IPv4 network such as 192.168.56.0/24' })
    .default('192.168.56.0/24')
    .describe('The private network of the lab; its first address is this computer'),
  vip: address.optional().describe('The floating virtual IP; the tenth address of the subnet when left out'),
  domain: z
    .string()
    .regex(domainName, 'must be a domain name such as my-site.test')
    .optional()
    .describe('The site is called www. and this; the name of the lab and .test when left out'),
});

const box = z.strictObject({
  name: oneLine.optional().describe('The name Vagrant knows the box by; the public box of the system when left out'),
  url: oneLine.optional().describe('A file or URL to add the box from'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
    .optional()
    .describe('The checksum of the box file'),
});

const ports = z.strictObject(
  Object.fromEntries(
    [...roles, ...companions].flatMap(({ ports }) =>
      Object.entries(ports).map(([name, { usual, about }]) => [name, port.default(usual).describe(about)]),
    ),
  ),
);

const verify = z.strictObject({
  ratePerSecond: z.int().min(1).max(2000).default(100).describe('Probes a second, each on a new connection'),
  limitMs: z.int().min(10).max(60_000).default(500).describe('A probe answered later than this counts as not answered'),
  timeoutMs: z
    .int()
    .min(100)
    .max(120_000)
    .default(900)
    .describe('A probe is given up after this; below 1 s, no lost SYN is sent again'),
  writesPerSecond: z.int().min(0).max(200).default(10).describe('Entries written a second, each with an id of its own'),
  keptConnections: z
    .int()
    .min(0)
    .max(64)
    .default(4)
    .describe('Connections kept open and used, whose breaks are counted'),
});

/** Gives every section its own defaults when the user leaves the whole section out. */
const section = (schema: z.ZodType): z.ZodType => schema.prefault({} as never);

const settingsZod: SettingsZod = {
  array: z.array,
  boolean: z.boolean,
  enum: z.enum,
  int: z.int,
  strictObject: z.strictObject,
  string: z.string,
};

const roleSections = Object.fromEntries(
  roles.flatMap(({ settings }) =>
    Object.entries(settings?.(settingsZod) ?? {}).map(([name, schema]) => [name, section(schema)]),
  ),
);

/** What is left out and follows from the rest; of the machines, from what the fifth is for. */
const completed = <L>(lab: L): L => {
  const { name, title, network, machines, additional } = lab as unknown as Lab & { title?: string };
  const words = name.replaceAll('-', ' ');
  return {
    ...lab,
    title: title ?? words.charAt(0).toUpperCase() + words.slice(1),
    network: { ...network, domain: network.domain ?? `${name}.test` },
    machines: Object.keys(machines).length > 0 ? machines : structuredClone(machinesWith(additional)),
  };
};

const wholeLab = z
  .strictObject({
    name: z
      .string()
      .regex(hostLabel, 'must be a plain name: a-z, 0-9 and -, starting with a letter')
      .default('lab')
      .describe('What the lab is called on the computer'),
    title: oneLine.max(200).optional().describe('What the lab is called for people; its name when left out'),
    provider: z.enum(providerNames).default('container').describe('What runs the machines'),
    system: z.enum(systems).default('debian-13').describe('The operating system of the machines'),
    box: section(box).describe('Where Vagrant takes the machines from (virtualbox and libvirt)'),
    network: section(network).describe('Where the machines are'),
    additional: z
      .enum(additionalRoles)
      .default(usualAdditional)
      .describe('What the fifth machine is for, where machines are left out'),
    machines: z
      .record(z.string().regex(hostLabel, 'must be a host name: a-z, 0-9 and -, starting with a letter'), machine)
      .default({})
      .describe('The machines of the lab by name; five that follow from `additional` when left out'),
    ports: section(ports).describe('Where each part listens'),
    ...roleSections,
    verify: section(verify).describe('How the lab is probed'),
  })
  .overwrite(completed)
  .describe('A Quintet lab');

/** `lab.yaml`: every part has a default. Ports and sections come from the roles. */
export const labSchema = wholeLab as unknown as z.ZodType<Lab, LabChoices>;
