import { versionIn } from '../../../providers/vagrant/versions.js';
import type { Answer } from '../ask.js';
import { bad, type Finding, good, type Rule, warn } from '../finding.js';
import { about } from './vagrant.js';

const isThere = about(({ hypervisor }, { platform }) => {
  if (platform !== 'linux') return bad('system', 'libvirt needs Linux', 'set provider: virtualbox in lab.yaml');
  if (hypervisor === 'missing')
    return bad(
      'libvirt',
      'libvirt is not installed',
      'sudo apt-get install --yes libvirt-daemon-system libvirt-clients',
    );
  if (hypervisor === 'late') return warn('libvirt', 'virsh does not answer within 5 s', 'virsh --version tells why');
  return good('libvirt', `libvirt ${versionIn(hypervisor.text)?.join('.') ?? 'is there'}`);
});

const refusal = (connection: Answer): Finding[] => {
  const what = 'libvirtd';
  if (connection === 'late') return bad(what, 'libvirtd does not answer within 5 s', 'sudo systemctl restart libvirtd');
  const words = typeof connection === 'object' ? connection.text : '';
  if (/authentication|permission denied|not authorized|access denied/i.test(words)) {
    return bad(what, 'you may not use libvirtd', 'sudo usermod --append --groups libvirt "$USER", then log in anew');
  }
  return bad(what, 'libvirtd is not running', 'sudo systemctl enable --now libvirtd');
};

const connection = about(({ hypervisor, libvirt }, { platform }) => {
  if (!libvirt || platform !== 'linux' || typeof hypervisor !== 'object') return [];
  const { connection: answer } = libvirt;
  return typeof answer === 'object' && answer.exitCode === 0 ? good('libvirtd', 'libvirtd answers') : refusal(answer);
});

const plugin = about(({ libvirt, vagrant }, { platform }) => {
  if (!libvirt || platform !== 'linux' || vagrant === 'missing') return [];
  return libvirt.plugin
    ? good('plugin', 'Vagrant has the plugin vagrant-libvirt')
    : bad(
        'plugin',
        'Vagrant lacks the plugin vagrant-libvirt',
        'sudo apt-get install --yes vagrant-libvirt, or vagrant plugin install vagrant-libvirt',
      );
});

/** What libvirt and the plugin start themselves, which Debian's packages only recommend. */
const parts = about(({ libvirt, hypervisor }, { platform }) => {
  if (!libvirt || platform !== 'linux' || hypervisor === 'missing') return [];
  const { dnsmasq, qemuImg } = libvirt;
  return [
    ...(dnsmasq === 'missing'
      ? bad('dnsmasq', 'libvirt can start no network without dnsmasq', 'sudo apt-get install --yes dnsmasq-base')
      : []),
    ...(qemuImg === 'missing'
      ? bad('qemu', 'QEMU and its qemu-img are not installed', 'sudo apt-get install --yes qemu-system-x86 qemu-utils')
      : []),
  ];
});

const acceleration: Rule = ({ platform, processor }) => {
  if (platform !== 'linux') return [];
  if (processor.kvmDevice) return good('kvm', 'machines run on the processor itself (KVM)');
  const mend =
    "switch on VT-x or AMD-V (SVM) in this computer's firmware settings, then: sudo modprobe kvm_intel (or kvm_amd)";
  return warn('kvm', 'QEMU has no hardware virtualisation (KVM) here: machines are emulated, many times slower', mend);
};

export const libvirtRules: readonly Rule[] = [isThere, connection, plugin, parts, acceleration];
