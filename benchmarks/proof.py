"""Every promise in full, by part: `make proof`, or `make proof PART=help` for one.

A part is one of PROMISES, a script beside this one, or a test file that holds tests marked `proof`. What a part
printed is kept in proof/<part>.json under its commit, so that a run that was stopped goes on where it was; the
figures come at the end.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "proof"
MARK = "mark.proof"
PYTEST = ("-m", "pytest", "--timeout=3600", "--quiet", "--no-header", "-rP")
PROMISES = {
    "friends": ["tests/test_friends.py"],
    "reconcile": ["tests/pipeline/stages/test_reconcile.py", "tests/pipeline/demo/test_demo_live.py"],
    "again": ["tests/pipeline/stages/test_all_stages.py", "tests/pipeline/stages/test_release.py"],
    "person": ["tests/tasks/test_every_screen.py"],
    "faults": ["tests/pipeline/cli/test_faults.py", "tests/pipeline/cli/test_terminals.py"],
}
"""What `make test` proves already, promise by promise: these files hold no more than that, and are run whole."""


def main() -> int:
    """Run what is not yet proved at this commit; 1 when a promise did not hold, 2 when there is no such part."""
    parts = find_parts()
    chosen = sys.argv[1:] or sorted(parts)
    for name in chosen:
        if name not in parts:
            sys.stderr.write(
                f"part {name!r}: expected one of {', '.join(sorted(parts))}; choose one of them\n"
            )
            return 2
    commit = current_commit()
    results = {name: kept(name, commit) or run(name, parts[name], commit) for name in chosen}
    for name, result in results.items():
        print(f"\n{name}: {'held' if result['held'] else 'DID NOT HOLD'} ({result['seconds']:.0f} s)")
        print(str(result["printed"]).rstrip())
    return 0 if all(result["held"] for result in results.values()) else 1


def find_parts() -> dict[str, list[str]]:
    """The command of each part by its name."""
    scripts = [path for path in (ROOT / "benchmarks").glob("*.py") if path != Path(__file__)]
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if MARK in path.read_text(encoding="utf-8")]
    marked = {path.stem: [*PYTEST, "-m", "proof", str(path)] for path in tests}
    promised = {name: [*PYTEST, *files] for name, files in PROMISES.items()}
    return promised | marked | {path.stem: [str(path)] for path in scripts}


def current_commit() -> str | None:
    """The commit that a result stands for; None where the working tree differs from it."""
    head = git("rev-parse", "HEAD")
    return None if git("status", "--porcelain") else head


def git(*arguments: str) -> str:
    """What git prints, stripped."""
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def kept(name: str, commit: str | None) -> dict[str, object] | None:
    """The result of an earlier run at this commit, if the promise held."""
    path = KEPT / f"{name}.json"
    result = json.loads(path.read_text(encoding="utf-8")) if commit and path.exists() else {}
    return result if result.get("commit") == commit and result.get("held") else None


def run(name: str, command: list[str], commit: str | None) -> dict[str, object]:
    """Run one part and keep what it printed."""
    sys.stderr.write(f"proving {name} ...\n")
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True
    )
    result: dict[str, object] = {
        "commit": commit,
        "held": done.returncode == 0,
        "seconds": round(time.monotonic() - started, 1),
        "printed": done.stdout,
    }
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return result


if __name__ == "__main__":
    sys.exit(main())
