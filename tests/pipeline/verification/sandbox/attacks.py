"""Attacks on the sandbox: programs whose `attack(host)` does harm, and gives back a list of what it got done.

`host` says what there is to get at: `secret` (a file that everybody may read), `folder` (that everybody may write to),
`port` (where somebody listens) and `pid` (the process outside that runs it).
"""

from tests.pipeline.verification.sandbox.calls import REFUSED_CALLS

OF_PROGRAMS = "looking for the tests"
"""Only a program may not see them."""

ATTACKS: dict[str, str] = {
    "network": """
import socket
def attack(host):
    done = []
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET):
        try:
            socket.socket(family, socket.SOCK_STREAM if family != socket.AF_PACKET else socket.SOCK_RAW)
            done.append(f"made a socket of {family}")
        except OSError:
            pass
    try:
        socket.create_connection(("127.0.0.1", host["port"]), timeout=2)
        done.append("reached somebody")
    except OSError:
        pass
    try:
        socket.getaddrinfo("example.org", 80)
        done.append("found a name")
    except OSError:
        pass
    return done
""",
    "reading outside": """
import glob, os
def attack(host):
    done = []
    for path in (host["secret"], "/etc/shadow", "/etc/passwd", "/etc/hostname", "/proc/self/environ", "/proc/1/environ",
                 "/proc/1/mem", f"/proc/{host['pid']}/environ", "/root", "/home", "/tmp", "/var/log", "/sys",
                 "/dev/mem", "/dev/sda", "/dev/vda", "/dev/kmsg", "/dev/shm", "/run", host["folder"]):
        try:
            if os.path.isdir(path):
                done.append((path, os.listdir(path)))
            else:
                done.append((path, open(path, "rb").read(20)))
        except OSError:
            pass
    there = set(os.listdir("/")) - {"dev", "etc", "lib", "lib32", "lib64", "usr", "opt", "root", "home"}
    if there:
        done.append(sorted(there))
    if os.path.isdir("/etc") and set(os.listdir("/etc")) - {"ld.so.cache"}:
        done.append(os.listdir("/etc"))
    if set(os.environ) - {"LANG", "LC_CTYPE", "PWD", "PYTHONDONTWRITEBYTECODE"}:
        done.append(dict(os.environ))
    return done
""",
    "writing outside": """
import os, sys
def attack(host):
    done = []
    folders = [host["folder"], "/", "/tmp", "/dev", "/dev/shm", "/usr", "/usr/lib", "/etc", "/var/tmp", "/proc", ".",
               os.path.dirname(os.__file__), sys.prefix]
    for folder in folders:
        path = os.path.join(folder, "left_behind")
        for what, do in {
            "wrote": lambda: open(path, "w").write("x"), "made a folder": lambda: os.mkdir(path),
            "made a link": lambda: os.symlink("/etc/passwd", path), "made a pipe": lambda: os.mkfifo(path),
            "changed rights": lambda: os.chmod(folder, 0o777), "made a device": lambda: os.mknod(path),
            "removed": lambda: os.rmdir(folder),
        }.items():
            try:
                do()
                done.append((what, folder))
            except OSError:
                pass
    for path in (host["secret"], os.__file__):
        for mode in ("w", "a", "r+"):
            try:
                open(path, mode).write("changed")
                done.append(("changed", path))
            except OSError:
                pass
    return done
""",
    "starting processes": """
import multiprocessing, os, subprocess, sys
def attack(host):
    done = []
    for what, do in {
        "fork": os.fork, "forkpty": os.forkpty, "system": lambda: os.system("true") == 0 or os.open("/none", 0),
        "popen": lambda: subprocess.run([sys.executable, "-c", ""]),
        "spawn": lambda: os.posix_spawn(sys.executable, [sys.executable], {}),
        "exec": lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),
        "worker": lambda: multiprocessing.get_context("fork").Process(target=print).start(),
    }.items():
        try:
            do()
            done.append(what)
        except OSError:
            pass
    return done
""",
    "fork bomb": """
import os
def attack(host):
    made = 0
    for _ in range(20_000):
        try:
            os.fork()
            made += 1
        except OSError:
            pass
    return [made] if made else []
""",
    "thread bomb": """
import threading, time
def attack(host):
    threading.stack_size(32 * 1024)
    made = []
    try:
        for _ in range(5_000):
            one = threading.Thread(target=time.sleep, args=(600,), daemon=True)
            one.start()
            made.append(one)
    except (RuntimeError, MemoryError):
        pass
    return [len(made)] if len(made) > 64 else []
""",
    "memory": """
import mmap
def attack(host):
    held, block = [], 16 * 2**20
    try:
        while len(held) * block < 64 * 2**30:
            held.append(mmap.mmap(-1, block))
            held[-1].write(b"x" * block)
    except (OSError, MemoryError, ValueError):
        pass
    got = len(held) * block
    held.clear()
    return [got] if got > 2**30 else []
""",
    "memory that no limit counts": """
import os
def attack(host):
    done = []
    try:
        done.append(os.memfd_create("x"))
    except OSError:
        pass
    pipes = []
    try:
        while len(pipes) < 10_000:
            pipes.append(os.pipe())
    except OSError:
        pass
    for one in (end for pair in pipes for end in pair):
        os.close(one)
    return done + ([len(pipes)] if len(pipes) > 64 else [])
""",
    "signals to the parent": """
import os, signal
def attack(host):
    done = []
    for pid in (1, os.getppid(), -1, 0, host["pid"], -os.getpgrp()):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSTOP):
            try:
                os.kill(pid, number)
                done.append((pid, number))
            except OSError:
                pass
    import ctypes
    ctypes.CDLL(None).syscall(234, 1, 1, 9)  # tgkill of number 1, which no signal from inside reaches
    ctypes.CDLL(None).syscall(234, 1, 1, 2)
    return done
""",
    "limits of others": """
import os, resource
def attack(host):
    done = []
    for which in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_NPROC):
        for pid in (1, host["pid"]):
            try:
                resource.prlimit(pid, which, (1, 1))
                done.append((pid, which))
            except OSError:
                pass
    for what, do in {
        "priority": lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
        "processors": lambda: os.sched_setaffinity(1, {0}),
        "scheduler": lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
    }.items():
        try:
            do()
            done.append(what)
        except OSError:
            pass
    return done
""",
    "raising its own limits": """
import resource
def attack(host):
    done = []
    for which in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        try:
            resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            done.append(which)
        except (OSError, ValueError):
            pass
    return done
""",
    "calls that no program needs": REFUSED_CALLS,
    "filling the disk": """
import os, tempfile
def attack(host):
    done = []
    for folder in ("/", "/tmp", "/dev/shm", "/var/tmp", ".", host["folder"]):
        try:
            with open(os.path.join(folder, "big"), "wb") as file:
                while file.tell() < 2**30:
                    file.write(b"x" * 2**20)
            done.append(folder)
        except OSError:
            pass
    try:
        tempfile.TemporaryFile().write(b"x")
        done.append("a file of its own")
    except OSError:
        pass
    return done
""",
    "filling a pipe and the standard streams": """
import os, sys
def attack(host):
    for _ in range(2_000):
        print("x" * 10_000)
        print("x" * 10_000, file=sys.stderr)
    return []
""",
    "looking into other processes": """
import os
def attack(host):
    done = []
    for pid in (1, 2, os.getppid(), host["pid"]):
        for what in ("mem", "maps", "environ", "fd", "cmdline", "root"):
            try:
                os.stat(f"/proc/{pid}/{what}")
                done.append((pid, what))
            except OSError:
                pass
    return done
""",
    OF_PROGRAMS: """
import gc
def attack(host):
    held = [one for one in gc.get_objects() if isinstance(one, dict)]
    return [list(one) for one in held if "needs" in one]
""",
}
"""Those that come back, with nothing done."""
