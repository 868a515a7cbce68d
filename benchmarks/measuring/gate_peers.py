"""What others would do at each gate, by their own documentation: what the gates are measured beside."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from schemas.records import Record

GRAM = 13
SHINGLE = 5
PERMUTATIONS = 128
INSIDE = "/tmp/program.py"  # noqa: S108 - in a file system of its own
_WORD = re.compile(r"\w+")
_SPACES = re.compile(r"\s+")


def pydantic(lines: Sequence[bytes]) -> int:
    """Validate lines of JSON with pydantic, and keep nothing: how many are records."""
    validate, right = Record.model_validate_json, 0
    for line in lines:
        validate(line)
        right += 1
    return right


def datasketch(texts: Sequence[str]) -> int:
    """Near duplicates by datasketch, the fast way of its manual: how many texts are like an earlier one."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped] # it ships none

    index = MinHashLSH(num_perm=PERMUTATIONS, params=(32, 4))
    found = 0
    for place, text in enumerate(texts):
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in _shingles(text)])
        found += bool(index.query(sketch))
        index.insert(place, sketch)
    return found


def tuple_grams(texts: Iterable[str], benchmark: Iterable[str]) -> int:
    """Contamination as a loop in plain Python does it: how many texts share GRAM words in a row with a benchmark."""
    known = {gram for text in benchmark for gram in _grams(text)}
    return sum(not known.isdisjoint(_grams(text)) for text in texts)


def bare_bubblewrap(programs: Sequence[str]) -> int:
    """Run programs in bubblewrap one after another, a new Python each, with nothing around it: how many end well."""
    wrapped = [
        *(
            shutil.which("bwrap") or "bwrap",
            "--unshare-all",
            "--die-with-parent",
            "--new-session",
            "--clearenv",
        ),
        *("--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"),
        *("--symlink", "usr/bin", "/bin", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),  # noqa: S108 - in there
    ]
    python = _python()
    bound = () if python.startswith("/usr/") else ("--ro-bind", sys.base_prefix, sys.base_prefix)
    with tempfile.TemporaryDirectory(prefix="bare-") as place:
        ended = 0
        for program in programs:
            file = Path(place) / "program.py"
            file.write_text(program, encoding="utf-8")
            command = [*wrapped, *bound, "--ro-bind", str(file), INSIDE, python, "-I", "-S", INSIDE]
            ended += subprocess.run(command, check=False, capture_output=True, timeout=60).returncode == 0
        return ended


def _python() -> str:
    """The Python to run: the system's where there is one, as the sandbox does."""
    return "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable


def _shingles(text: str) -> set[str]:
    words = _SPACES.split(text.lower().strip())
    return {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}


def _grams(text: str) -> Iterable[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return zip(*(words[at:] for at in range(GRAM)), strict=False)
