"""Attacks that do not come back by themselves, with what becomes of them."""

ENDED: dict[str, tuple[str, set[str]]] = {
    "endless work": (
        """
def attack(host):
    while True:
        pass
""",
        {"failed"},
    ),
    "endless work, deaf": (
        """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
def attack(host):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
        {"failed"},
    ),
    "endless output": (
        """
import sys
def attack(host):
    while True:
        print("x" * 100_000)
        sys.stderr.write("y")
""",
        {"failed"},
    ),
    "endless sleep": (
        """
import time
def attack(host):
    time.sleep(10**8)
""",
        {"unknown"},
    ),
    "an endless answer": (
        """
def attack(host):
    return ["x" * 2**26]
""",
        {"failed"},
    ),
    "an endless iterator": (
        """
def attack(host):
    def more():
        while True:
            yield 1
    return more()
""",
        {"failed", "unknown"},
    ),
    "closing and filling every line": (
        """
import os
def attack(host):
    for fd in range(64):
        try:
            os.write(fd, b"\\x00\\x00\\x00\\x02[]" * 99)
        except OSError:
            pass
    for fd in range(64):
        try:
            os.close(fd)
        except OSError:
            pass
    return []
""",
        {"failed", "unknown"},
    ),
    "a crash": (
        """
import ctypes
def attack(host):
    ctypes.string_at(0)
""",
        {"failed"},
    ),
    "ending": (
        """
import os
def attack(host):
    os._exit(0)
""",
        {"failed"},
    ),
    "stopping itself": (
        """
import ctypes
def attack(host):
    libc = ctypes.CDLL(None)
    while True:
        libc.syscall(234, libc.getpid(), libc.syscall(186), 19)
""",
        {"failed", "unknown"},
    ),
    "threads that go on": (
        """
import threading
def more():
    while True:
        pass
def attack(host):
    for _ in range(8):
        threading.Thread(target=more).start()
    return ["left"]
""",
        {"failed"},
    ),
    "deep recursion in C": (
        """
import sys
sys.setrecursionlimit(10**9)
def attack(host):
    deep = []
    for _ in range(10**6):
        deep = [deep]
    repr(deep)
    return ["through"]
""",
        {"failed"},
    ),
    "calls by another machine's numbers": (
        """
import ctypes
def attack(host):
    ctypes.CDLL(None).syscall(0x40000000 + 39)
    return ["still here"]
""",
        {"failed"},
    ),
}
