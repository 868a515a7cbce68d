"""How soon `headrace --help` answers: at most half a second."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

LIMIT_SECONDS = 0.5
RUNS = 10


def seconds_to_answer() -> float:
    """One run from start to exit."""
    started = time.perf_counter()
    subprocess.run(
        [Path(sys.executable).with_name("headrace"), "--help"], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - started


if __name__ == "__main__":
    seconds_to_answer()  # the first run compiles
    runs = [seconds_to_answer() for _ in range(RUNS)]
    median = statistics.median(runs)
    spread = f"{min(runs):.2f} to {max(runs):.2f}"
    print(f"headrace --help: median {median:.2f} s of {RUNS} ({spread}); at most {LIMIT_SECONDS} s")
    sys.exit(median > LIMIT_SECONDS)
