"""Calls of the kernel that no program needs, and that each open some way out on some kernel."""

NUMBERS = {
    "x86_64": {
        "ptrace": 101, "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "chroot": 161, "pivot_root": 155,
        "setuid": 105, "setgid": 106, "capset": 126, "keyctl": 250, "add_key": 248, "bpf": 321,
        "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425, "memfd_create": 319, "shmget": 29,
        "mq_open": 240, "semget": 64, "msgget": 68, "process_vm_readv": 310, "process_vm_writev": 311,
        "pidfd_open": 434, "pidfd_getfd": 438, "kill": 62, "tkill": 200, "fork": 57, "vfork": 58, "execve": 59,
        "execveat": 322, "socket": 41, "connect": 42, "sendmsg": 46, "recvmsg": 47, "mkdir": 83, "mknod": 133,
        "unlink": 87, "rename": 82, "symlink": 88, "link": 86, "chmod": 90, "truncate": 76, "fallocate": 285,
        "setpriority": 141, "sched_setaffinity": 203, "sched_setscheduler": 144, "ioprio_set": 251, "reboot": 169,
        "sethostname": 170, "init_module": 175, "kexec_load": 246, "open_by_handle_at": 304, "name_to_handle_at": 303,
        "clock_settime": 227, "settimeofday": 164, "swapon": 167, "acct": 163, "quotactl": 179, "personality": 135,
        "inotify_init": 253, "fanotify_init": 300, "seccomp": 317, "prctl": 157, "setsid": 112, "setpgid": 109,
        "mlockall": 151, "move_pages": 279, "kcmp": 312, "iopl": 172, "splice": 275, "vmsplice": 278, "tee": 276,
    },
}  # fmt: skip
REFUSED_CALLS = f"""
import ctypes, errno, platform
NUMBERS = {NUMBERS!r}
def attack(host):
    libc = ctypes.CDLL(None, use_errno=True)
    done = []
    for name, number in NUMBERS.get(platform.machine(), {{}}).items():
        ctypes.set_errno(0)
        answer = libc.syscall(number, 0, 0, 0, 0, 0, 0)
        if answer != -1 or ctypes.get_errno() != errno.EPERM:
            done.append((name, answer, ctypes.get_errno()))
    return done
"""
