"""Each test case has an outcome of its own, and the program one that follows from them."""

import shutil
from typing import Any

import pytest

from pipeline.verification.base import Found
from pipeline.verification.programs import check, outcome
from pipeline.verification.sandbox.running import Case, Limits, Sandbox
from schemas.errors import VerificationError
from schemas.records import Record
from schemas.screening import REFERENCE
from schemas.verification import ProgramsConfig

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not on this machine"
)

NAMED = "from collections import namedtuple\nP = namedtuple('P', 'x')\ndef f(): return P(1)"
COUNTED = "from collections import Counter\ndef f(): return Counter('aab')"
DRAWN = "import random\ndef f(): return random.random()"

ONCE = ProgramsConfig(seconds=1, repeats=1)


def record(program: str, tests: dict[str, Any] | None, **rest: Any) -> Record:
    given = {"prompt": "Do it.", "domain": "coding", "candidates": [{"text": program}], "tests": tests}
    return Record.model_validate({**given, **rest})


def found(program: str, tests: dict[str, Any], options: ProgramsConfig = ONCE, **rest: Any) -> Found:
    return check.look(record(program, tests, **rest), options)[0]


def cases(one: Found) -> list[tuple[str, str]]:
    listed = one.detail["tests"]
    assert isinstance(listed, list)
    return [(case["outcome"], case["output"]) for case in listed]


@needs_bubblewrap
def test_each_assertion_is_a_case_of_its_own() -> None:
    code = "assert add(1, 2) == 3\nassert add(0, 0) == 1, 'nothing'\nfor n in range(3):\n    assert add(n, 0) == n\n"
    one = found("def add(a, b):\n    return a + b", {"entry_point": "add", "code": code})
    assert one.outcome == "failed"
    assert cases(one) == [("passed", ""), ("failed", "0 for 0, 0; nothing"), ("passed", "")]
    assert [case["name"] for case in one.detail["tests"]] == [  # type: ignore[union-attr,call-overload,index] # as above
        "assert add(1, 2) == 3",
        "assert add(0, 0) == 1, 'nothing'",
        "for n in range(3):\n    assert add(n, 0) == n",
    ]


@needs_bubblewrap
@pytest.mark.parametrize(
    ("program", "given", "wanted", "said"),
    [
        ("def f(a, b): return (a, b)", [1, [2]], [1, [2]], "passed"),
        ("def f(a, b): return a - b", {"b": 1, "a": 3}, 2, "passed"),
        ("def f(a): return a", "ab", "ab", "passed"),
        ("def f(a):\n    yield from a", [[1, 2]], [1, 2], "passed"),
        ("def f(a):\n    yield from a\n    yield 3", [[1, 2]], [1, 2], "failed"),
        ("def f(): return {1: 'a', 2: (3,)}", [], {"1": "a", "2": [3]}, "passed"),
        ("def f(): return {3, 1, 2}", [], [1, 2, 3], "passed"),
        ("def f(): return 0.1 + 0.2", [], 0.3, "passed"),
        ("def f(): return 0.301", [], 0.3, "failed"),
        ("def f(): return 1", [], 1.0, "passed"),
        ("def f(): return '1'", [], 1, "failed"),
        ("def f(): return None", [], None, "passed"),
        ("def f(): return print", [], None, "failed"),
        ("def f(): return float('inf')", [], 1e308, "failed"),
        ("def f(): return 10 ** 5000", [], 1, "failed"),
        ("def g(): return 1", [], 1, "failed"),
        ("def f(: return 1", [], 1, "failed"),
        ("def f(): return 1 / 0", [], 1, "failed"),
        ("def f(): return f()", [], 1, "failed"),
        ("def f(): return [0] * 10 ** 10", [], 1, "failed"),
        ("import numpy\ndef f(): return 1", [], 1, "unknown"),
        ("def f(): return open('/tmp/x', 'w').write('x')", [], 1, "unknown"),
    ],
)
def test_a_case_is_an_input_with_its_output(program: str, given: Any, wanted: Any, said: str) -> None:
    one = found(program, {"entry_point": "f", "cases": [{"input": given, "output": wanted}]})
    assert one.outcome == said, one.detail


@needs_bubblewrap
def test_without_an_entry_point_a_program_reads_and_prints() -> None:
    tests = {"cases": [{"input": "2 3\n", "output": "5"}, {"input": "4 4\n", "output": "8\n"}]}
    right = "a, b = map(int, input().split())\nprint(a + b)"
    assert cases(found(right, tests)) == [("passed", ""), ("passed", "")]
    wrong = "a, b = map(int, input().split())\nprint(5)"
    assert [said for said, _ in cases(found(wrong, tests))] == ["passed", "failed"]
    assert found("while True: print('x' * 10 ** 6)", tests).outcome == "failed"


@needs_bubblewrap
def test_what_a_program_does_to_its_arguments_is_seen() -> None:
    code = "a, b = [3, 1, 2], {'x': [1]}\nwork(a, b)\nassert a == [1, 2, 3]\nassert b['x'] == [1, 4] and len(b) == 2"
    program = "def work(a, b):\n    a.sort()\n    b['x'].append(4)\n    b['y'] = 0"
    assert found(program, {"entry_point": "work", "code": code}).outcome == "passed"


@needs_bubblewrap
def test_tests_may_hand_functions_over_and_use_a_programs_own_classes() -> None:
    code = """
from solution import Stack, twice
def test_callback():
    seen = []
    assert twice(lambda x: seen.append(x) or x + 1, 5) == 7
    assert seen == [5, 6]
def test_stack():
    stack = Stack()
    stack.push(1); stack.push((2, 3))
    assert len(stack) == 2 and stack.pop() == (2, 3)
    stack.items = [9]
    assert [*stack] == [9]
def test_raises():
    import pytest
    with pytest.raises(IndexError, match="empty"):
        Stack().pop()
    with pytest.raises(Stack.Full):
        Stack().push(None)
"""
    program = """
class Stack:
    class Full(Exception): pass
    def __init__(self): self.items = []
    def push(self, x):
        if x is None: raise Stack.Full("no")
        self.items.append(x)
    def pop(self):
        if not self.items: raise IndexError("empty")
        return self.items.pop()
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
def twice(f, x): return f(f(x))
"""
    one = found(program, {"code": code})
    assert one.outcome == "passed", one.detail
    assert len(cases(one)) == 6


@needs_bubblewrap
@pytest.mark.parametrize(
    ("program", "code", "said"),
    [
        (COUNTED, "f().most_common(1) == [('a', 2)]", "passed"),
        (NAMED, "f() == (1,)", "passed"),
        (NAMED, "f().x == 1", "self_reported"),
        ("class P:\n    x = 1\ndef f(): return P()", "f().x == 1", "passed"),
        ("class P:\n    x = 1\ndef f(): return P()", "f() != None", "passed"),
        ("class P:\n    def __add__(s, o): return 2\ndef f(): return P()", "f() + 1 == 2", "self_reported"),
        ("def f(): print('x')", "len(io.StringIO().getvalue()) == 0 or sys.stdout is None", "self_reported"),
        (DRAWN, "random.seed(1) or f() == random.Random(1).random()", "self_reported"),
        ("def f(): return None", "math.no_such_thing(f())", "unknown"),
        ("def f(): return None", "len(f()) == 0", "failed"),
    ],
)
def test_what_cannot_be_seen_from_outside_is_not_held_against_a_program(
    program: str, code: str, said: str
) -> None:
    tests = {"entry_point": "f", "code": f"import io, math, random, sys\nassert {code}"}
    one = found(program, tests)
    assert one.outcome == said, one.detail


@needs_bubblewrap
@pytest.mark.parametrize("caught", ["Exception", "BaseException", ""])
def test_a_program_that_ends_itself_has_not_raised_an_exception(caught: str) -> None:
    code = f"""
def test_one():
    try:
        f(0)
        raised = False
    except {caught}:
        raised = True
    assert raised
"""
    for program in ("import os\ndef f(n): os._exit(0)", "def f(n):\n    while True: pass"):
        assert found(program, {"entry_point": "f", "code": code}).outcome in {"failed", "unknown"}
    right = "def f(n): raise ValueError"
    assert found(right, {"entry_point": "f", "code": code}).outcome == "passed"


@needs_bubblewrap
def test_functions_are_called_with_what_they_are_marked_with() -> None:
    code = """
import pytest
@pytest.mark.parametrize("n, square", [(1, 1), (2, 4), (3, 10)])
def test_each(n, square):
    assert f(n) == square
@pytest.mark.slow
@pytest.mark.parametrize("n", range(3))
def test_more(candidate, n):
    assert candidate(n) == n * n
def test_of_another_world(tmp_path):
    assert False
class TestAll:
    def test_it(self):
        assert f(4) == 16
"""
    one = found("def f(n): return n * n", {"entry_point": "f", "code": code})
    assert cases(one) == [("failed", "9 for 3"), ("passed", ""), ("unknown", "not reached"), ("passed", "")]


@needs_bubblewrap
def test_the_case_that_ends_a_program_is_the_one_that_failed() -> None:
    code = "assert f(1) == 1\nassert f(2) == 2\nassert f(3) == 3"
    one = found("def f(n):\n    while n == 2: pass\n    return n", {"entry_point": "f", "code": code})
    assert one.outcome == "failed"
    late = "the program took more than 1 s of processor time"
    assert cases(one) == [("passed", ""), ("failed", late), ("unknown", f"not run: {late}")]


@needs_bubblewrap
def test_a_program_that_does_otherwise_each_time_is_flaky() -> None:
    by_chance = "import os\ndef f(): return os.urandom(1)[0] % 2"
    tests = {"entry_point": "f", "cases": [{"input": [], "output": 1}]}
    one = found(by_chance, tests, ProgramsConfig(seconds=1, repeats=30))
    assert one.outcome == "flaky"
    assert cases(one)[0][1].startswith("passed and failed by turns: 0")


@needs_bubblewrap
def test_two_runs_differ_in_what_sets_are_ordered_by() -> None:
    sandbox = Sandbox(Limits(seconds=1))
    job = {"output": 1 << 16, "prompt": "", "entry": "f"}
    program = {**job, "program": "def f(): return hash('a')"}
    tests = {**job, "kind": "cases", "cases": [[[], 0]]}
    said = [sandbox.run(program, tests, again=again).cases[0].output for again in (0, 1, 2)]
    sandbox.close()
    assert said[0] == said[2] != said[1]


@needs_bubblewrap
def test_what_a_program_says_can_be_stored() -> None:
    tests = {"entry_point": "f", "cases": [{"input": [], "output": 1}]}
    one = found("def f(): raise ValueError('a\\ud800b\\0c' + 'd' * 9_999)", tests)
    said = cases(one)[0][1]
    assert said.startswith("ValueError: a?b\ufffdcddd")
    assert len(said) <= 600


@needs_bubblewrap
def test_the_reference_runs_too_so_that_a_broken_test_is_found() -> None:
    tests = {"entry_point": "f", "code": "assert f(1) == 1\nassert f(2) == 5"}
    right = "def f(n): return n"
    one, reference = check.look(record(right, tests, reference={"solution": right}), ONCE)
    assert (one.candidate, reference.candidate) == (0, REFERENCE)
    assert one.outcome == reference.outcome == "failed"
    assert [said for said, _ in cases(reference)] == ["passed", "failed"]
    prose = check.look(record(right, tests, reference={"solution": "Add them up: it is easy."}), ONCE)
    assert [one.candidate for one in prose] == [0]


@needs_bubblewrap
def test_test_code_that_cannot_run_says_nothing_of_the_program() -> None:
    one = found("def f(n): return n", {"entry_point": "f", "code": "assert f(1) == expected"})
    assert one.outcome == "unknown"
    assert "NameError" in cases(one)[0][1]


@needs_bubblewrap
def test_a_program_is_taken_out_of_the_prose_around_it() -> None:
    tests = {"entry_point": "f", "cases": [{"input": [], "output": 1}]}
    fence = "```python\ndef f(): return 1\n```"
    assert found(f"Here you are:\n\n{fence}\n\nIt returns one.", tests).outcome == "passed"
    assert found(f"Either\n{fence}\nor\n{fence}\n", tests).outcome == "unknown"


@pytest.mark.parametrize(
    "given",
    [
        {"tests": None},
        {"tests": {"entry_point": "f"}},
        {"tests": {"code": "print('hello')"}},
        {"tests": {"code": "it('adds', () => expect(1).toBe(1))"}},
        {"programming_language": "rust"},
        {"domain": "reasoning"},
    ],
)
def test_a_record_without_tests_for_python_has_nothing_to_check(given: dict[str, Any]) -> None:
    whole = {"tests": {"code": "assert f() is None"}, **given}
    assert check.look(record("def f(): pass", whole.pop("tests"), **whole), ONCE) == ()


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (["passed", "passed"], "passed"),
        (["passed", "failed", "unknown"], "failed"),
        (["passed", "self_reported"], "self_reported"),
        (["passed", "unknown"], "unknown"),
        (["failed", "flaky"], "flaky"),
        ([], "unknown"),
    ],
)
def test_the_worst_case_speaks_for_the_program(outcomes: list[str], said: str) -> None:
    assert outcome(Case(one) for one in outcomes) == said


def test_a_case_that_is_not_reached_says_nothing() -> None:
    assert outcome([Case("passed"), Case("unknown", "not reached")]) == "passed"
    assert outcome([Case("unknown", "not reached")]) == "unknown"


def test_without_bubblewrap_it_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(VerificationError, match=r"bubblewrap was expected.*apt install bubblewrap"):
        check.refuse(ONCE)
