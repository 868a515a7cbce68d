"""What may be asked of the kernel is what is written down, on each machine that we know."""

import platform
import re
import shutil
import sys
from pathlib import Path

import pytest

from pipeline.care.surroundings import sandbox
from pipeline.verification.sandbox import bubblewrap
from pipeline.verification.sandbox.guest import walls
from pipeline.verification.sandbox.guest.walls import machine, program
from schemas.errors import VerificationError
from schemas.project import Project

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
RENAMED = {"newfstatat": "fstatat", "fstatat": "newfstatat"}


def numbers(path: Path) -> dict[str, int]:
    found = re.findall(
        r"^#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text(encoding="utf-8"), re.MULTILINE
    )
    named = {name: int(number) for name, number in found}
    return {**named, **{RENAMED[name]: number for name, number in named.items() if name in RENAMED}}


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_the_numbers_are_those_of_the_kernels_headers(name: str) -> None:
    if not HEADERS[name].is_file():
        pytest.skip("the kernel's headers are not on this machine")
    known, wanted = machine(name), numbers(HEADERS[name])
    assert known is not None
    names = walls._NAMES.split()
    assert [wanted[one] for one in names] == known.allowed[: len(names)]
    assert (known.clone, known.clone3, known.prlimit) == tuple(
        wanted[one] for one in ("clone", "clone3", "prlimit64")
    )
    refused = (
        "execve",
        "socket",
        "connect",
        "kill",
        "ptrace",
        "memfd_create",
        "unshare",
        "mount",
        "bpf",
        "setuid",
    )
    assert {wanted[one] for one in refused} & set(known.allowed) == set()


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_the_filter_is_whole_instructions_and_ends_with_no(name: str) -> None:
    known = machine(name)
    assert known is not None
    code = program(known)
    assert len(code) % 8 == 0
    assert code[-8:] == (6).to_bytes(2, "little") + b"\0\0" + walls.REFUSED.to_bytes(4, "little")


def test_a_machine_that_we_do_not_know_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine("riscv64") is None
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/bwrap")
    python = bubblewrap.Interpreter(sys.executable, "3.11.0", (), bare=True)
    with pytest.raises(VerificationError, match="x86_64 or aarch64 was expected, this is riscv64"):
        bubblewrap.command(python, "")


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("bwrap: No permissions to create new namespace, likely because…", "unprivileged_userns_clone=1"),
        ("bwrap: setting up uid map: Permission denied", "unprivileged_userns_clone=1"),
        ("bwrap: Unknown option --unshare-all", "install bubblewrap"),
        ("", "install bubblewrap"),
    ],
)
def test_a_sandbox_that_does_not_start_says_what_to_do(said: str, step: str) -> None:
    assert step in str(bubblewrap.refused(said))


def test_a_python_that_is_none_is_refused() -> None:
    with pytest.raises(VerificationError, match=r"found none at '/nowhere/python'"):
        bubblewrap.interpreter("/nowhere/python")


def project(**verification: object) -> Project:
    return Project.model_validate({"name": "tried", "sources": [], "tasks": [], "verification": verification})


def test_the_doctor_says_whether_programs_can_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("bwrap"):
        there = sandbox(project(programs={}))
        assert there.ok
        assert "bubblewrap, Python 3." in there.detail
    monkeypatch.setenv("PATH", "/nowhere")
    missing = sandbox(project(programs={}))
    assert (missing.ok, missing.warning, missing.count) == (False, True, 1)
    assert "apt install bubblewrap" in missing.examples[0]
    unasked = sandbox(project())
    assert (unasked.ok, unasked.count) == (True, 0)
