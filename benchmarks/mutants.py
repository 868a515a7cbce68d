"""What tests notice of changes to what a label means: `mutants.py [FILE ...] [--most N]`.

Each mutant is one small change of the code in tasks/ that reads, writes, compares, settles or releases labels, or that
says what is asked. It lives in the memory of a forked process: no file is touched. Tests that reach the changed
function are run, the quickest first, until one fails. A mutant that none kills changes a label's meaning unnoticed, or
it changes nothing: then it stands in equivalent_mutants.toml with the reason. FILE is a name such as `step_review`.
"""

import argparse
import gc
import os
import resource
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from time import process_time
from types import CodeType, FunctionType, ModuleType

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.measuring.deciding import Deciding  # noqa: E402 - from its own folder
from benchmarks.measuring.mutating import Mutant, sample  # noqa: E402 - from its own folder

TASKS, TESTS = ROOT / "tasks", ROOT / "tests" / "tasks"
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
TYPES = sorted(path.stem for path in (TASKS / "guidelines").glob("*.md"))
WITHOUT = ("cacheprovider", "terminal", "xdist")
OPTIONS = [
    *(f"-pno:{plugin}" for plugin in WITHOUT),
    "-Wignore::pytest.PytestAssertRewriteWarning",
    "--capture=no",
    "-mnot browser and not live and not proof",
]
ALIKE = {"test_every_task_type", "test_what_a_label_says", "test_step_windows"}
CPU_SECONDS = 120
"""Of one mutant; one that runs longer runs for ever."""


class Proof:
    """A plugin of pytest that runs what was collected once, then again against every mutant."""

    def __init__(self, deciding: Deciding, chosen: Sequence[str], most: int) -> None:
        self.mutants = {name: sample(deciding.mutants(name), most) for name in chosen}
        self.survivors: list[tuple[str, Mutant]] = []
        self.reaching: defaultdict[CodeType, list[pytest.Item]] = defaultdict(list)
        self.functions: defaultdict[CodeType, list[FunctionType]] = defaultdict(list)
        self.seconds: dict[pytest.Item, float] = {}
        self.failed: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """What is the same of every task type is tested of the chosen ones; of all where they share a chosen file."""
        others = set(TYPES) - set(self.mutants) if set(self.mutants) <= set(TYPES) else set()
        items[:] = [item for item in items if not others & _words(item)]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of pytest's own loop."""
        for item in session.items:
            self._learn(item)
        for function in (one for one in gc.get_objects() if isinstance(one, FunctionType)):
            self.functions[function.__code__].append(function)
        gc.freeze()  # memory that is only read is shared with the forks
        self._check_afresh(next(iter(self.mutants)))
        if not self.failed:
            for name, mutants in self.mutants.items():
                self._prove(name, mutants)
        return True

    def _learn(self, item: pytest.Item) -> None:
        """Which functions of tasks/ a test calls, and how long it takes."""
        called: set[CodeType] = set()
        started = process_time()
        sys.setprofile(lambda frame, event, _: called.add(frame.f_code) if event == "call" else None)
        try:
            passed = _passes(item)
        finally:
            sys.setprofile(None)
        self.seconds[item] = process_time() - started
        if not passed:
            self.failed.append(item.nodeid)
        for code in called:
            if code.co_filename.startswith(str(TASKS)):
                self.reaching[code].append(item)

    def _check_afresh(self, name: str) -> None:
        """Tests in a process that imported everything anew should pass where nothing was changed."""
        path = TASKS / f"{name}.py"
        code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
        if _dies(lambda: _afresh(path, code)):
            self.failed.append(f"those of {name} in a process of their own")

    def _prove(self, name: str, mutants: Sequence[Mutant]) -> None:
        path = TASKS / f"{name}.py"
        codes = {code.co_qualname: code for code in self.reaching if code.co_filename == str(path)}
        for mutant in mutants:
            if (original := codes.get(mutant.function)) is not None:
                killed = _dies(lambda old=original, new=mutant: self._swapped(path, old, new))  # type: ignore[misc] # bound now
            else:  # no test calls it: it may be called once and for all, at the import
                killed = _dies(lambda new=mutant: _afresh(path, new.code(str(path))))  # type: ignore[misc] # bound now
            if not killed:
                self.survivors.append((name, mutant))
                print(f"  line {mutant.line}: {mutant.change}", flush=True)
        lost = sum(of == name for of, _ in self.survivors)
        print(f"tasks/{name}.py: {len(mutants)} mutants, {len(mutants) - lost} killed", flush=True)

    def _swapped(self, path: Path, original: CodeType, mutant: Mutant) -> bool:
        """Whether the tests that call a function pass with its code changed."""
        new = _code_of(mutant.code(str(path)), mutant.function)
        for function in self.functions[original]:
            function.__code__ = new
        return all(map(_passes, sorted(self.reaching[original], key=self.seconds.__getitem__)))


def main() -> int:
    """Prove the files that are asked for, by default all; 1 where a survivor is not known to be equivalent."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", nargs="*")
    asked.add_argument("--most", type=int, default=1_000_000, help="mutants of each file, by default all")
    said = asked.parse_args()
    deciding = Deciding(TASKS, TYPES)
    chosen = said.file or [name for name in deciding.modules if deciding.mutants(name)]
    proof = Proof(deciding, chosen, said.most)
    hypothesis.settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    )
    hypothesis.settings.load_profile("mutants")
    pytest.main([*OPTIONS, *map(str, test_files())], plugins=[proof])
    if proof.failed or not proof.seconds:
        print(f"expected tests that pass, these fail: {', '.join(proof.failed) or 'there are none'}")
        return 1
    return report(proof)


def test_files() -> list[Path]:
    """The files of tests about labels: of each task type, of what they share, and of all alike."""
    named = {f"test_{name.strip('_')}" for name in Deciding(TASKS, TYPES).modules}
    return [path for path in sorted(TESTS.glob("test_*.py")) if path.stem in named | ALIKE]


def report(proof: Proof) -> int:
    """Print what survived, and whether it may; 1 where it may not."""
    known = {
        (one["file"], one["in"], one["change"]): one.get("times", 1)
        for one in tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    }
    left = Counter(known)
    unknown = 0
    for name, mutant in proof.survivors:
        key = (name, mutant.function, mutant.change)
        left[key] -= 1
        if left[key] < 0:
            unknown += 1
            print(
                f"survived: tasks/{name}.py:{mutant.line} in {mutant.function or 'no function'}: {mutant.change}"
            )
    total, lost = sum(map(len, proof.mutants.values())), len(proof.survivors)
    print(f"{total} mutants, {total - lost} killed, {lost - unknown} equivalent, {unknown} survived")
    return int(unknown > 0)


def _words(item: pytest.Item) -> set[str]:
    """What a test is of: its file's name, and the parameter that stands in brackets."""
    return {item.path.stem.removeprefix("test_"), *item.name.partition("[")[2].rstrip("]").split("-")}


def _passes(item: pytest.Item) -> bool:
    return all(report.passed or report.skipped for report in runtestprotocol(item, log=False, nextitem=None))


def _dies(passes: Callable[[], bool]) -> bool:
    """Whether the tests fail, run in a process of their own that ends with them."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        outcome = 1
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            outcome = 0 if passes() else 1
        finally:
            os._exit(outcome)
    return os.waitpid(child, 0)[1] != 0


def _code_of(module: CodeType, name: str) -> CodeType:
    """A function's code within that of its module, by its qualified name."""
    for inner in (code for code in module.co_consts if isinstance(code, CodeType)):
        if inner.co_qualname == name:
            return inner
        if name.startswith(f"{inner.co_qualname}."):
            return _code_of(inner, name)
    raise LookupError(name)


def _afresh(path: Path, code: CodeType) -> bool:
    """Whether tests pass where the module was imported changed: for what is said outside its functions."""
    for name in [*sys.modules]:
        if name.partition(".")[0] in {"tasks", "tests"}:
            del sys.modules[name]
    tasks, name = import_module("tasks"), f"tasks.{path.stem}"
    sys.modules[name] = module = ModuleType(name)
    setattr(tasks, path.stem, module)
    module.__file__ = str(path)
    exec(code, module.__dict__)  # noqa: S102 - our own code with one change
    kind = path.stem.strip("_").partition("_")[0]
    nearest = sorted(test_files(), key=lambda file: not file.stem.startswith(f"test_{kind}"))
    kept = ["-k", "step_" if kind == "step" else path.stem] if path.stem in TYPES else []
    return not pytest.main([*OPTIONS, "-x", *kept, *map(str, nearest)])


if __name__ == "__main__":
    sys.exit(main())
