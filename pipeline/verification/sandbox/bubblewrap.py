"""The walls around foreign code: bubblewrap, with an interpreter and its library in it and nothing else."""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.verification.sandbox.guest.walls import machine
from schemas.errors import VerificationError

READ_AND_ENTER = 0o005
"""What everybody may."""
OLDEST = (3, 11)
LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64")
USERS, SPAN = 61_184, 4_000
"""Where root runs it, a process that holds foreign code is one of these users, who own nothing and are nobody else."""
NOBODY = "65534"
ASKED = "import json,sys;print(json.dumps([sys.version_info[:3],[sys.prefix,sys.base_prefix]]))"
INSTALL = "install bubblewrap (apt install bubblewrap, dnf install bubblewrap), or take programs out of [verification]"


@dataclass(frozen=True)
class Interpreter:
    """The Python that programs are run by."""

    path: str
    version: str
    prefixes: tuple[str, ...]
    bare: bool
    """Whether it has its standard library alone."""


def user() -> int | None:
    """Whom foreign code is run as: somebody of its own where we are root; else ourselves, in a world of our own."""
    return USERS + os.getpid() % SPAN if os.geteuid() == 0 else None


@cache
def interpreter(given: str | None = None) -> Interpreter:
    """The Python that was asked for, or else ours, or else the system's; it must be open to whom it is run as."""
    own = str(Path(sys.executable).resolve())
    paths = [given] if given else [own, "/usr/bin/python3", "/usr/local/bin/python3"]
    for path in paths:
        if (found := _looked_at(path, bare=given is None)) is not None:
            return found
    oldest = ".".join(map(str, OLDEST))
    raise VerificationError(
        f"verification.programs: a Python of at least {oldest} was expected that every user may run, found none at "
        f"{', '.join(map(repr, paths))}; install python3, or name one as programs.python"
    )


def _looked_at(path: str, *, bare: bool) -> Interpreter | None:
    if not open_to_all(Path(path)):
        return None
    try:
        said = subprocess.run([path, "-I", "-c", ASKED], capture_output=True, check=True, timeout=60).stdout
        version, prefixes = json.loads(said)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if tuple(version[:2]) < OLDEST or not all(open_to_all(Path(one)) for one in prefixes):
        return None
    return Interpreter(path, ".".join(map(str, version)), tuple(dict.fromkeys(prefixes)), bare)


def open_to_all(path: Path) -> bool:
    """Whether whoever foreign code is run as may read it: where we are root, that is somebody else."""
    if not os.path.exists(path):  # noqa: PTH110 - False, not an error, within a folder that is closed to us
        return False
    if user() is None:
        return os.access(path, os.R_OK | os.X_OK)
    real = path.resolve()
    return all(one.stat().st_mode & READ_AND_ENTER == READ_AND_ENTER for one in (real, path)) and all(
        parent.stat().st_mode & 0o001 for one in (real, path.absolute()) for parent in one.parents
    )


def command(python: Interpreter, source: str) -> list[str]:
    """How a Python of nothing but its own library is started behind walls, to run this source."""
    program = shutil.which("bwrap")
    if program is None:
        raise VerificationError(
            f"verification.programs: bubblewrap was expected, which runs programs apart, bwrap is not there; {INSTALL}"
        )
    if machine() is None:
        raise VerificationError(
            f"verification.programs: x86_64 or aarch64 was expected, this is {platform.machine()}; "
            "run verification on such a machine, or take programs out of [verification]"
        )
    return [
        program,
        *("--unshare-all", "--uid", NOBODY, "--gid", NOBODY, "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL"),
        *("--clearenv", "--setenv", "LANG", "C.UTF-8", "--setenv", "PYTHONDONTWRITEBYTECODE", "1"),
        *_mounts(python),
        *("--dir", "/dev", "--dev-bind", "/dev/null", "/dev/null", "--remount-ro", "/", "--chdir", "/"),
        *("--", python.path, "-I", *(["-S"] if python.bare else []), "-c", source),
    ]


def _mounts(python: Interpreter) -> Iterator[str]:
    seen: set[str] = set()
    for path in (*LIBRARIES, *_of(python)):
        if path in seen or any(Path(one) in Path(path).parents for one in seen):
            continue
        seen.add(path)
        if Path(path).is_symlink() and Path(path).is_dir():
            yield from ("--symlink", str(Path(path).readlink()), path)
        elif Path(path).exists():
            yield from ("--ro-bind", path, path)
    yield from ("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache")


def _of(python: Interpreter) -> Iterator[str]:
    yield python.path
    yield str(Path(python.path).resolve())
    for prefix in python.prefixes:
        for part in ("lib", "lib64", "pyvenv.cfg"):
            if (Path(prefix) / part).exists():
                yield str(Path(prefix) / part)


def refused(said: str) -> VerificationError:
    """What to tell where bubblewrap does not start, by what it says."""
    words = said.strip().splitlines()[-1][:200] if said.strip() else "it ended without a word"
    if "namespace" in said or "uid map" in said or "Operation not permitted" in said:
        step = (
            "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000, where "
            "AppArmor forbids them also kernel.apparmor_restrict_unprivileged_userns=0, in a container --security-opt "
            "seccomp=unconfined; or take programs out of [verification]"
        )
    else:
        step = INSTALL
    return VerificationError(
        f"verification.programs: a sandbox by bubblewrap was expected to start, found {words!r}; {step}"
    )
