"""What a process may still do once it holds code that nobody trusts: compute, and speak over the lines it has.

A seccomp filter names what may be asked of the kernel, and all else is refused: no process can be started, none be
signalled, nothing opened to be written, no socket made, no memory had that the limit does not count. It is the same
for root and for everybody else.
"""

import ctypes
import os
import platform
import resource
import signal
from collections.abc import Callable
from typing import NamedTuple

REFUSED, NO_SUCH_CALL = 0x00050001, 0x00050026
"""What the filter answers: EPERM, and ENOSYS where the C library then asks in an older way."""
ALLOWED, KILLED = 0x7FFF0000, 0x80000000
CLONE_THREAD = 0x00010000
MOST_FILES = 64


class Limits(NamedTuple):
    """What one process may take."""

    seconds: int
    """Of processor time."""
    memory: int
    """Bytes of address space."""
    threads: int


_NAMES = """
read write readv writev pread64 pwrite64 close lseek fstat newfstatat statx readlinkat getcwd getdents64 openat dup dup3
fcntl ioctl faccessat faccessat2 mmap mprotect munmap mremap madvise brk futex futex_waitv set_robust_list
get_robust_list rseq set_tid_address sched_yield sched_getaffinity sched_getparam sched_getscheduler
sched_get_priority_max sched_get_priority_min getcpu exit exit_group getpid gettid getppid getuid geteuid getgid getegid
getgroups getresuid getresgid getpgid getsid rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait
rt_sigsuspend sigaltstack tgkill restart_syscall clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday times
getrusage getitimer setitimer timerfd_create timerfd_settime timerfd_gettime getrandom uname sysinfo getrlimit setrlimit
ppoll pselect6 epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 eventfd2 pipe2 socketpair umask membarrier getpriority
"""
"""What may be asked of the kernel."""
_NUMBERS = {
    "x86_64": """
0 1 19 20 17 18 3 8 5 262 332 267 79 217 257 32 292
72 16 269 439 9 10 11 25 28 12 202 449 273
274 334 218 24 204 143 145
146 147 309 60 231 39 186 110 102 107 104 108
115 118 120 121 124 13 14 15 127 128
130 131 234 219 228 229 230 35 96 100
98 36 38 283 286 287 318 63 99 97 160
271 270 291 233 281 441 290 293 53 95 324 140
""",
    "aarch64": """
63 64 65 66 67 68 57 62 80 79 291 78 17 61 56 23 24
25 29 48 439 222 226 215 216 233 214 98 449 99
100 293 96 124 123 121 120
125 126 168 93 94 172 178 173 174 175 176 177
158 148 150 155 156 134 135 139 136 137
133 132 131 128 113 114 115 101 169 153
165 102 103 85 86 87 278 160 179 163 164
73 72 20 21 22 441 19 59 199 166 283 141
""",
}
"""The numbers of these calls, in their order."""
_OLD = {
    "x86_64": [2, 4, 6, 21, 89, 7, 23, 33, 22, 201, 37, 34, 78, 213, 232, 284, 158, 111],
    "aarch64": list[int](),
}
"""Those that only older machines know: open, stat, lstat, access, readlink, poll, select, dup2, pipe, time, alarm,
pause, getdents, epoll_create, epoll_wait, eventfd, arch_prctl, getpgrp."""


class Machine(NamedTuple):
    """How a kind of processor calls the kernel."""

    mark: int
    allowed: list[int]
    clone: int
    clone3: int
    prlimit: int


def machine(name: str | None = None) -> Machine | None:
    """This machine's; None where we do not know it, and nothing can be run."""
    name = name or platform.machine()
    if name not in _NUMBERS:
        return None
    numbers = [int(one) for one in _NUMBERS[name].split()] + _OLD[name]
    mark, clone, prlimit = {"x86_64": (0xC000003E, 56, 302), "aarch64": (0xC00000B7, 220, 261)}[name]
    return Machine(mark, numbers, clone, 435, prlimit)


class _Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def seal() -> Callable[[Limits], None]:
    """Make ready what `shut` needs, before any foreign code is there: this process is closed to its children too."""
    known = machine()
    if known is None:
        raise OSError(f"no seccomp filter for {platform.machine()}")
    libc = ctypes.CDLL(None, use_errno=True)
    code = program(known)
    filtered = _Filter(len(code) // 8, code)
    _asked(libc.prctl(4, 0, 0, 0, 0))  # PR_SET_DUMPABLE: nobody looks into our memory, nor writes there
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    def shut(limits: Limits) -> None:
        """Give up, for good, all that the limits and the filter do not grant."""
        resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
        for which, most in (
            (resource.RLIMIT_AS, limits.memory),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, MOST_FILES),
            (resource.RLIMIT_NPROC, limits.threads + 4),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(which, (most, most))
        _asked(libc.prctl(38, 1, 0, 0, 0))  # PR_SET_NO_NEW_PRIVS
        _asked(libc.prctl(22, 2, ctypes.byref(filtered), 0, 0))  # PR_SET_SECCOMP, as a filter

    return shut


def _asked(answer: int) -> None:
    if answer != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def program(known: Machine) -> bytes:
    """The filter as the kernel reads it: instructions of eight bytes, each a code, two jumps and a number."""
    load, equal, above, bits, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    lines = [
        (load, 0, 0, 4),
        (equal, 1, 0, known.mark),
        (answer, 0, 0, KILLED),  # a call by another machine's numbers
        (load, 0, 0, 0),
        (above, 0, 1, 0x40000000),
        (answer, 0, 0, KILLED),  # likewise
        (equal, 0, 1, known.clone3),
        (answer, 0, 0, NO_SUCH_CALL),
        (equal, 0, 4, known.clone),
        (load, 0, 0, 16),
        (bits, 0, 1, CLONE_THREAD),  # a thread, but no process
        (answer, 0, 0, ALLOWED),
        (answer, 0, 0, REFUSED),
        (equal, 0, 4, known.prlimit),
        (load, 0, 0, 16),
        (equal, 0, 1, 0),  # one's own limits, but nobody else's
        (answer, 0, 0, ALLOWED),
        (answer, 0, 0, REFUSED),
    ]
    for number in known.allowed:
        lines += [(equal, 0, 1, number), (answer, 0, 0, ALLOWED)]
    lines.append((answer, 0, 0, REFUSED))
    return b"".join(
        code.to_bytes(2, "little") + bytes((yes, no)) + number.to_bytes(4, "little")
        for code, yes, no, number in lines
    )
