"""Programs: each candidate against the record's own tests, in a sandbox; and the reference too.

Where the reference fails a test, the test is broken, or the reference is: either way, people should see it.
"""

import atexit
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import ClassVar

from pipeline.verification._test_code import Plan, plan, program_in
from pipeline.verification.base import Check, Found
from pipeline.verification.sandbox.running import Case, Limits, Run, Sandbox
from schemas.base import Json
from schemas.records import Record
from schemas.screening import REFERENCE
from schemas.verification import ProgramsConfig
from tasks._programs import python

REACHED = Run(end="inside", output="to change the process that the program is in")
NOT_REACHED = Case("unknown", "not reached")
LONGEST = 600
"""Characters of what is told of a case."""


class Programs(Check[ProgramsConfig]):
    """What becomes of each test case, where the program and its tests are kept apart."""

    name = "programs"
    title = "Programs run against their tests"
    certain: ClassVar[tuple[str, ...]] = ("passed", "failed")

    def look(self, record: Record, options: ProgramsConfig) -> Sequence[Found]:
        tests = plan(record)
        if tests is None:
            return ()
        sandbox = _sandbox(os.getpid(), _limits(options), options.python)
        found = [
            _found(place, candidate.text, tests, sandbox, options.repeats)
            for place, candidate in enumerate(record.candidates)
        ]
        solution = record.reference.solution if record.reference else None
        if solution and python(program_in(solution) or "?"):
            found.append(_found(REFERENCE, solution, tests, sandbox, options.repeats))
        return found

    def refuse(self, options: ProgramsConfig) -> None:
        sandbox = Sandbox(_limits(options), options.python)
        try:
            sandbox.ready()
        finally:
            sandbox.close()


def _limits(options: ProgramsConfig) -> Limits:
    return Limits(options.seconds, options.memory_mb, options.output_kb, options.threads)


@lru_cache(4)
def _sandbox(process: int, limits: Limits, interpreter: str | None) -> Sandbox:
    """This process's own, kept up for the next record: a fork of it would share its lines."""
    del process
    sandbox = Sandbox(limits, interpreter)
    atexit.register(sandbox.close)
    return sandbox


def _found(place: int, text: str, tests: Plan, sandbox: Sandbox, repeats: int) -> Found:
    source = program_in(text)
    if source is None:
        return Found(
            place, "unknown", {"why": "several programs in one answer: which one is meant cannot be told"}
        )
    runs = [_once(source, tests, sandbox, again) for again in range(repeats)]
    cases = [_at_worst([cases[at] for cases, _ in runs]) for at in range(len(tests.names))]
    detail: dict[str, Json] = {
        "tests": [
            {"name": name, "outcome": case.outcome, "output": _storable(case.output)}
            for name, case in zip(tests.names, cases, strict=True)
        ],
        "python": sandbox.interpreter.version,
        "runs": repeats,
    }
    return Found(place, outcome(cases), detail, sum(seconds for _, seconds in runs))


def _storable(text: str) -> str:
    """What a program said, without what no database takes: lone surrogates, and NUL."""
    return text[:LONGEST].encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _once(source: str, tests: Plan, sandbox: Sandbox, again: int) -> tuple[list[Case], float]:
    """What became of each case in one run, and the processor time it took."""
    output = sandbox.limits.output_kb * 1024
    job = {**tests.of(source), "output": output}
    program = {"program": source, "prompt": job["prompt"], "output": output}
    run = REACHED if job.get("inside") else sandbox.run(program, job, again=again)
    cases = told(run, len(tests.names))
    seconds = run.program.seconds if run.program else 0.0
    if job["kind"] == "code" and any(case.outcome == "inside" for case in cases):
        said = told(sandbox.run_inside(program, job), len(cases))
        cases = [
            _said_by_itself(case, by_itself) if case.outcome == "inside" else case
            for case, by_itself in zip(cases, said, strict=True)
        ]
    return [Case("failed", one.output) if one.outcome == "inside" else one for one in cases], seconds


def _said_by_itself(case: Case, said: Case) -> Case:
    why = f"in the program's own process, for the test needs {case.output}"
    return Case("self_reported", f"{said.outcome.replace('inside', 'unknown')} {why}. {said.output}".strip())


def told(run: Run, count: int) -> list[Case]:
    """What a run told of each of so many cases; of those it did not come to, why not."""
    return [run.cases.get(at) or _without(run, at) for at in range(count)]


def _without(run: Run, at: int) -> Case:
    if run.end == "ended":
        return NOT_REACHED
    if run.under_way is None or run.under_way == at or not _by_the_program(run):
        return Case(run.end, run.output)
    return Case("unknown", f"not run: {run.output}")


def _by_the_program(run: Run) -> bool:
    """Whether it ended in the midst of a case, which alone is told by that."""
    return run.program is not None and run.end in ("failed", "unknown") and run.under_way not in run.cases


def _at_worst(cases: Sequence[Case]) -> Case:
    """One case of several runs: what it was each time, or flaky."""
    outcomes = list(dict.fromkeys(case.outcome for case in cases))
    if len(outcomes) == 1:
        return cases[0]
    if {*outcomes} == {"passed", "failed"}:
        words = next(case.output for case in cases if case.outcome == "failed")
        return Case("flaky", f"passed and failed by turns: {words}")
    return next(case for case in cases if case.outcome not in ("passed", "failed"))


def outcome(cases: Iterable[Case]) -> str:
    """What the cases say of the program, all together."""
    outcomes = {case.outcome for case in cases if case != NOT_REACHED}
    for worst in ("flaky", "failed", "self_reported", "unknown", "passed"):
        if worst in outcomes:
            return worst
    return "unknown"


check = Programs()
