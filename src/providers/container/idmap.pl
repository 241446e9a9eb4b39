#!/usr/bin/perl -w
# Mounts folders with other owners: perl idmap.pl ARCHITECTURE FIRST COUNT [FROM TO...] -- COMMAND [ARGUMENT...]
#
# What belongs to user or group N, below COUNT, in the folder FROM belongs to FIRST + N in TO, which is made; nothing can be written
# there. Then it becomes COMMAND. ARCHITECTURE is as Node.js names it. mount(8) can do this from util-linux 2.39 on, and Debian 12's is older. It needs nothing
# but Perl itself, which is there wherever dpkg is.
use strict;

# Numbers of system calls (asm/unistd_64.h of x86-64, asm-generic/unistd.h); the newer ones are the same everywhere.
my %unshare = (x64 => 272, arm64 => 97);
my ($open_tree, $move_mount, $mount_setattr) = (428, 429, 442);

# Of linux/mount.h, linux/fcntl.h and linux/sched.h.
my ($OPEN_TREE_CLONE, $OPEN_TREE_CLOEXEC, $MOVE_MOUNT_F_EMPTY_PATH) = (1, 02000000, 4);
my ($MOUNT_ATTR_RDONLY, $MOUNT_ATTR_IDMAP) = (0x1, 0x100000);
my ($AT_FDCWD, $AT_EMPTY_PATH, $CLONE_NEWUSER) = (-100, 0x1000, 0x10000000);

my ($architecture, $first, $count, @words) = @ARGV;
die "idmap: no architecture that it knows: $architecture\n" if !$unshare{$architecture};

sub must {
    my ($what, $result) = @_;
    die "idmap: $what: $!\n" if $result == -1;
    return $result;
}

sub write_map {
    my ($path) = @_;
    open my $map, '>', $path or die "idmap: $path: $!\n";
    syswrite $map, "0 $first $count\n" or die "idmap: $path: $!\n";
}

# A user namespace lasts as long as somebody holds it open; it has to be made by a process that goes into it.
sub namespace_with_ids {
    pipe my $made, my $making or die "idmap: pipe: $!\n";
    pipe my $done, my $waiting or die "idmap: pipe: $!\n";
    my $child = fork // die "idmap: fork: $!\n";
    if (!$child) {
        close $waiting;
        must('user namespace', syscall($unshare{$architecture}, $CLONE_NEWUSER));
        syswrite $making, '.';
        sysread $done, my $end, 1;
        exit 0;
    }
    close $making;
    sysread $made, my $word, 1 or die "idmap: no user namespace can be made\n";
    write_map("/proc/$child/$_") for 'uid_map', 'gid_map';
    open my $namespace, '<', "/proc/$child/ns/user" or die "idmap: $!\n";
    close $waiting;
    waitpid $child, 0;
    return $namespace;
}

sub mount_with_ids {
    my ($namespace, $from, $to) = @_;
    my $tree = must($from, syscall($open_tree, $AT_FDCWD, $from, $OPEN_TREE_CLONE | $OPEN_TREE_CLOEXEC));
    # struct mount_attr: attributes to set, to clear, propagation, the namespace.
    my $attributes = pack 'Q4', $MOUNT_ATTR_RDONLY | $MOUNT_ATTR_IDMAP, 0, 0, fileno $namespace;
    my $empty = '';
    must("$from with other owners",
        syscall($mount_setattr, $tree, $empty, $AT_EMPTY_PATH, $attributes, length $attributes));
    mkdir $to;
    must($to, syscall($move_mount, $tree, $empty, $AT_FDCWD, $to, $MOVE_MOUNT_F_EMPTY_PATH));
}

my $namespace = namespace_with_ids();
while (@words && $words[0] ne '--') { mount_with_ids($namespace, splice @words, 0, 2) }
shift @words;
exec { $words[0] } @words or die "idmap: $words[0]: $!\n";
