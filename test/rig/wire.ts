/**
 * Shell text for a machine of the lab: from now on whatever passes over its wire by that TCP port is kept in /run/heard, as whoever
 * sits on the wire would hear it, until `systemctl stop hear`. Perl is there wherever MariaDB is.
 */
export const hear = (port: number): string => `cat >/run/hear.pl <<'END'
# AF_PACKET, SOCK_RAW, ETH_P_ALL; then IPv4 alone, TCP alone, and what follows the two headers.
socket(my $wire, 17, 3, unpack('S', pack('n', 3))) or die "$!";
open(my $heard, '>:raw', '/run/heard') or die "$!";
while (defined recv($wire, my $frame, 65536, 0)) {
  next if substr($frame, 12, 2) ne "\\x08\\x00" || ord(substr($frame, 23, 1)) != 6;
  my $tcp = 14 + 4 * (ord(substr($frame, 14, 1)) & 15);
  my ($from, $to) = unpack('nn', substr($frame, $tcp, 4));
  next unless $from == ${port} || $to == ${port};
  syswrite($heard, substr($frame, $tcp + 4 * (ord(substr($frame, $tcp + 12, 1)) >> 4)));
}
END
rm -f /run/heard
systemd-run --quiet --collect --unit=hear perl /run/hear.pl
until [ -e /run/heard ]; do sleep 0.1; done
`;
