#!/usr/bin/perl -w
# Becomes a process of a machine: perl enter.pl ARCHITECTURE PID PARENT [GROUP...] -- [NAME=VALUE...] -- COMMAND [ARGUMENT...]
#
# PID is the machine's first process, PARENT whoever starts this, the GROUPs are the folders of the machine's control groups,
# ARCHITECTURE is as Node.js names it.
# COMMAND runs with that environment and no other, in all namespaces and control groups of the machine, and may do no more than
# what the machine itself has started: its capabilities are bounded as those of PID are, and a filter refuses the system calls
# that systemd-nspawn refuses. Ends as COMMAND does, and dies with whoever started it; COMMAND is then told to end (SIGTERM).
#
# One program instead of several that become one another, since each start of one takes its time. It needs nothing but Perl itself,
# which is there wherever dpkg is.
use strict;

# Numbers of system calls: asm/unistd_64.h of x86-64, and asm-generic/unistd.h, which 64-bit ARM has.
my %calls = (
    x64 => {
        setgroups => 116, setresuid => 117, setresgid => 119, prctl => 157, setns => 308, ioctl => 16, socket => 41,
        audit_architecture => 0xc000003e,
    },
    arm64 => {
        setgroups => 159, setresuid => 147, setresgid => 149, prctl => 167, setns => 268, ioctl => 29, socket => 198,
        audit_architecture => 0xc00000b7,
    },
);
my $pidfd_open = 434;    # the same everywhere

# What nspawn refuses as well, in the order of %calls' architectures; undef where there is no such call.
my %refused = (
    init_module => [175, 105], finit_module => [313, 273], delete_module => [176, 106], create_module => [174, undef],
    get_kernel_syms => [177, undef], query_module => [178, undef],
    kexec_load => [246, 104], kexec_file_load => [320, 294],
    clock_settime => [227, 112], clock_adjtime => [305, 266], settimeofday => [164, 170], adjtimex => [159, 171],
    add_key => [248, 217], request_key => [249, 218], keyctl => [250, 219],
    swapon => [167, 224], swapoff => [168, 225], acct => [163, 89],
    quotactl => [179, 60], quotactl_fd => [443, 443], nfsservctl => [180, 42],
    iopl => [172, undef], ioperm => [173, undef], modify_ldt => [154, undef], uselib => [134, undef],
    _sysctl => [156, undef], syslog => [103, 116],
    bpf => [321, 280], perf_event_open => [298, 241], lookup_dcookie => [212, 18], open_by_handle_at => [304, 265],
);

# The newest call that is known here (mseal): whether a later one is harmless nobody knows.
my $last_known = 462;

sub fail { print STDERR "enter: @_\n"; exit 1 }

sub must {
    my ($what, $result) = @_;
    fail("$what: $!") if $result == -1;
    return $result;
}

sub until_dashes {
    my @words;
    while (@ARGV && (my $word = shift @ARGV) ne '--') { push @words, $word }
    return @words;
}

my $architecture = shift @ARGV;
my $call = $calls{$architecture} or fail("no architecture that it knows: $architecture");
my $pid = 0 + shift @ARGV;    # a string would be handed to the kernel as a pointer
my $parent = shift @ARGV;
my @groups = until_dashes();
my %environment = map { split /=/, $_, 2 } until_dashes();
my @command = @ARGV;

# prctl(2); the options are those of linux/prctl.h.
sub prctl { return syscall($call->{prctl}, $_[0], $_[1], $_[2] // 0, 0, 0) }
my ($set_death_signal, $set_dumpable, $set_seccomp, $drop_bounding) = (1, 4, 22, 24);

# The capabilities that the machine may have: its first process may have given some up and can't have gained any.
sub bounding_set {
    open my $status, '<', "/proc/$pid/status" or fail("process $pid: $!");
    while (<$status>) { return hex $1 if /^CapBnd:\s*([0-9a-f]+)/ }
    fail("process $pid tells no capabilities");
}

sub bound_capabilities {
    my ($kept) = @_;
    for my $capability (0 .. 63) {
        next if $kept >> $capability & 1;
        next if prctl($drop_bounding, $capability) == 0;
        return if $! == 22;    # EINVAL: this kernel has no more of them
        fail("capability $capability: $!");
    }
}

# Instructions of a filter (linux/bpf_common.h, linux/seccomp.h): code, jump if true, jump if false, value.
sub instruction { return pack 'SCCL', @_ }
sub load { return instruction(0x20, 0, 0, $_[0]) }
sub answer { return instruction(0x06, 0, 0, $_[0]) }
# Goes on with the instructions given where what is loaded is (not) the value, and skips them otherwise.
sub where_equal { my ($value, @then) = @_; return instruction(0x15, 0, scalar @then, $value), @then }
sub where_other { my ($value, @then) = @_; return instruction(0x15, scalar @then, 0, $value), @then }
sub where_above { my ($value, @then) = @_; return instruction(0x25, 0, scalar @then, $value), @then }
sub refusal { return answer(0x00050000 | $_[0]) }
my ($EPERM, $ENOSYS, $EAFNOSUPPORT) = (1, 38, 97);
# Where the lower half of what is asked lies (struct seccomp_data).
my ($number, $audit_architecture, @argument) = (0, 4, 16, 24, 32);

sub filter {
    my $place = $architecture eq 'x64' ? 0 : 1;
    return (
        # The calls of another architecture have other numbers, and those of x32 lie above all others.
        load($audit_architecture), where_other($call->{audit_architecture}, refusal($ENOSYS)),
        load($number), where_above($last_known, refusal($ENOSYS)),
        (map { where_equal($_, refusal($EPERM)) } sort { $a <=> $b } grep { defined } map { $_->[$place] } values %refused),
        # TIOCSTI and TIOCLINUX type into the terminal of whoever has opened a shell in the machine.
        where_equal($call->{ioctl}, load($argument[1]), map { where_equal($_, refusal($EPERM)) } 0x5412, 0x541c),
        load($number),
        # The kernel's audit knows of no machines: socket(AF_NETLINK, any, NETLINK_AUDIT).
        where_equal($call->{socket}, load($argument[0]),
            where_equal(16, load($argument[2]), where_equal(9, refusal($EAFNOSUPPORT)))),
        answer(0x7fff0000),
    );
}

sub install_filter {
    my @instructions = filter();
    my $program = pack 'S x![P] P', scalar @instructions, my $text = join '', @instructions;
    must('filter', prctl($set_seccomp, 2, $program));
}

# All of them but that of time; that of users only where the machine has one of its own.
sub namespaces {
    my $shared = 0x6e020000;    # net, pid, ipc, uts, cgroup, mnt
    my $same = (readlink "/proc/$pid/ns/user" // '') eq readlink '/proc/self/ns/user';
    return $same ? $shared : $shared | 0x10000000;
}

sub join_groups {
    for my $group (@groups) {
        open my $members, '>', "$group/cgroup.procs" or fail("$group: $!");
        syswrite $members, $$ or fail("$group: $!");
    }
}

sub join_namespaces {
    my ($process) = @_;
    sysopen my $root, "/proc/$pid/root", 0 or fail("the root of process $pid: $!");
    must('namespaces', syscall($call->{setns}, $process, namespaces()));
    chdir $root and chroot '.' or fail("the root of process $pid: $!");
}

sub become_root {
    must('groups', syscall($call->{setgroups}, 0, 0));
    must('group', syscall($call->{setresgid}, 0, 0, 0));
    must('user', syscall($call->{setresuid}, 0, 0, 0));
}

# A change of users makes the kernel forget such a wish, so that of whoever started this has to be made once more.
sub die_with {
    my ($parent) = @_;
    must('death signal', prctl($set_death_signal, 9));
    exit 1 if getppid() != $parent;
}

# A process comes into a namespace of processes by its birth.
sub run_command {
    my $child = fork // fail("fork: $!");
    return $child if $child;
    prctl($set_death_signal, 15);
    %ENV = %environment;
    $^W = 0;    # Perl would say in its own way that a command can't be started
    exec { $command[0] } @command or not_started();
}

sub not_started {
    my $code = $! == 2 ? 127 : 126;    # ENOENT; as a shell tells it
    print STDERR "$command[0]: $!\n";
    exit $code;
}

sub end_like {
    my ($status) = @_;
    exit $status >> 8 if ($status & 127) == 0;
    kill $status & 127, $$;
    exit 128 + ($status & 127);
}

die_with($parent);
# Taken hold of first, so that another process can't have got its number in between.
my $process = must("process $pid", syscall($pidfd_open, $pid, 0));
my $kept = bounding_set();
join_groups();
join_namespaces($process);
become_root();
die_with($parent);
bound_capabilities($kept);
install_filter();
# What is in the machine can't look into this program, though its root might otherwise.
must('dumpable', prctl($set_dumpable, 0));
my $child = run_command();
waitpid $child, 0;
end_like($?);
