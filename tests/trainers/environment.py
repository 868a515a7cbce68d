"""The trainers' own Python environment, made once in the user's cache folder: torch for the CPU, and TRL.

They pin libraries of their own, and torch is large, so they live apart from headrace. A second folder has an earlier
TRL to lay over the first: it still trains process reward models.
"""

import hashlib
import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from packaging.requirements import Requirement

HERE = Path(__file__).parent
TORCH = "torch==2.13.0"
_NEEDED_BYTES = 3 * 1024**3


class CannotBeHad(Exception):  # noqa: N818 - what is the case
    """Why there are no trainers on this machine."""


@dataclass(frozen=True)
class Trainers:
    """Where the environment lies."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.folder / "venv" / "bin" / "python"

    @property
    def with_prm(self) -> Path:
        """What goes onto its path for the TRL that trains process reward models."""
        return self.folder / "prm"


def ready() -> Trainers:
    """The whole environment, made first where there is none; raises CannotBeHad."""
    trainers = Trainers(_place())
    if not _whole(trainers):
        trainers.folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(trainers.folder.with_name(f"{trainers.folder.name}.lock")):
            if not _whole(trainers):
                _make(trainers)
    return trainers


def _place() -> Path:
    """Another one for other requirements or another Python."""
    import platformdirs

    pins = [(HERE / name).read_text() for name in ("requirements.txt", "requirements-prm.txt")]
    made_of = (TORCH, *pins, platform.python_version(), sys.platform, platform.machine())
    key = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:12]
    return platformdirs.user_cache_path("headrace") / f"trainers-{key}"


def _whole(trainers: Trainers) -> bool:
    return (trainers.folder / "whole").exists() and trainers.python.exists()


def _make(trainers: Trainers) -> None:
    if trainers.folder.exists():
        shutil.rmtree(trainers.folder)
    if shutil.disk_usage(trainers.folder.parent).free < _NEEDED_BYTES:
        raise CannotBeHad(f"room for torch in {trainers.folder.parent}, 3 GB")
    trainers.folder.mkdir()
    try:
        _run(sys.executable, "-I", "-m", "venv", str(trainers.folder / "venv"))
        _expect_small_torch(trainers)
        pip = (str(trainers.python), "-I", "-m", "pip", "install", "--quiet", "--no-input", "--no-deps")
        _run(*pip, TORCH)
        _run(*pip, "--require-hashes", "-r", str(HERE / "requirements.txt"))
        prm = ("--require-hashes", "-r", str(HERE / "requirements-prm.txt"))
        _run(*pip, "--target", str(trainers.with_prm), *prm)
        _run(str(trainers.python), "-c", "import trl, torch")
    except CannotBeHad:
        shutil.rmtree(trainers.folder)
        raise
    (trainers.folder / "whole").touch()


def _expect_small_torch(trainers: Trainers) -> None:
    """Refuse the build for graphics cards, which is several GB: the index that pip asks decides which one it is."""
    told = _run(
        *(str(trainers.python), "-I", "-m", "pip", "install", "--quiet", "--no-input", "--no-deps"),
        *("--dry-run", "--ignore-installed", "--report", "-", TORCH),
    )
    wanted = json.loads(told)["install"][0]["metadata"].get("requires_dist", ())
    if of_cards := for_cards(wanted):
        raise CannotBeHad(
            f"{TORCH} for the CPU (pip finds one that wants {of_cards[0]}; PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL may "
            "name where it lies)"
        )


def for_cards(requirements: Iterable[str]) -> list[str]:
    """The packages for graphics cards among what a build wants on this machine."""
    wanted = [Requirement(one) for one in requirements]
    here = [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    return [name for name in here if name.startswith(("nvidia-", "cuda-"))]


def _run(*command: str) -> str:
    """What a command printed; CannotBeHad, with its last line, where it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or "nothing").splitlines()[-1]
        raise CannotBeHad(f"{TORCH} and TRL ({last[:200]})")
    return done.stdout
