"""What a newcomer does: clone, `make demo`, `make test`, with an empty home and nothing in any cache.

`make demo` takes at most 4 minutes after the installs, `make test` at most 10 on 2 cores; neither leaves a file
in the clone that git does not ignore.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEMO_SECONDS = 4 * 60
TEST_SECONDS = 10 * 60


def main() -> int:
    """Print the seconds of each command; 1 when one of them fails or takes too long."""
    place = Path(tempfile.mkdtemp(prefix="newcomer-"))
    clone, home = place / "headrace", place / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    try:
        installs = seconds(clone, home, "make demo")
        seconds(clone, home, "cd demo && ../.venv/bin/headrace down")
        shutil.rmtree(clone / "demo")
        demo = seconds(clone, home, "make demo")
        again = seconds(clone, home, "make demo")
        tests = seconds(clone, home, "make test")
        left = subprocess.run(
            ["git", "status", "--short"], cwd=clone, check=True, capture_output=True, text=True
        ).stdout
    finally:
        subprocess.run(["make", "clean"], cwd=clone, env=environment(home), check=False, stdout=sys.stderr)
        shutil.rmtree(place)
    print(f"make demo, all installs: {installs:.0f} s")
    print(f"make demo, installed:    {demo:.0f} s; at most {DEMO_SECONDS} s")
    print(f"make demo, again:        {again:.0f} s")
    print(f"make test:               {tests:.0f} s; at most {TEST_SECONDS} s")
    print(f"left in the clone:       {left or 'nothing'}")
    return int(demo > DEMO_SECONDS or tests > TEST_SECONDS or bool(left))


def seconds(clone: Path, home: Path, command: str) -> float:
    """How long a command takes that must succeed; what it prints goes to stderr."""
    started = time.monotonic()
    arguments = ["bash", "-c", command]
    subprocess.run(
        arguments, cwd=clone, env=environment(home), check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr
    )
    return time.monotonic() - started


def environment(home: Path) -> dict[str, str]:
    """This process's environment without what its own set-up put there."""
    dropped = {"VIRTUAL_ENV", "PYTHONPATH", "UV_CACHE_DIR", "CONDA_PREFIX", "MAKEFLAGS", "MAKELEVEL", "PART"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}


if __name__ == "__main__":
    sys.exit(main())
