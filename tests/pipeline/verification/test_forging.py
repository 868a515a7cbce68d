"""A program that gives wrong answers never gets itself passed, whatever else it does."""

import shutil

import pytest

from pipeline.verification.programs import check
from schemas.records import Record
from schemas.verification import ProgramsConfig

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not on this machine")

QUICK = ProgramsConfig(seconds=1, repeats=1)
TESTS = """
import unittest

def check(candidate):
    assert candidate(2) == 4
    assert candidate(3) == 9, "three"
    assert candidate(-1) in (1, 1.0)
    assert isinstance(candidate(5), int)
    assert abs(candidate(1.5) - 2.25) < 1e-9

class Squares(unittest.TestCase):
    def test_it(self):
        self.assertEqual(square(7), 49)

def test_more():
    for n in range(10, 13):
        assert square(n) == n * n
"""
RIGHT = "def square(x):\n    return x * x\n"
WRONG = "def square(x):\n    return x + x\n"

FORGERIES = {
    "an object that is equal to everything": """
class Yes:
    def __eq__(self, other): return True
    __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __contains__ = lambda self, other: False
    def __hash__(self): return 4
    def __sub__(self, other): return 0
    def __abs__(self): return 0
    def __bool__(self): return True
def square(x): return Yes()
""",
    "a number that is equal to everything": """
class Yes(int):
    def __eq__(self, other): return True
    def __hash__(self): return 4
    def __lt__(self, other): return True
    def __sub__(self, other): return Yes(0)
def square(x): return Yes(0)
""",
    "a text, a list, a float and a tuple likewise": """
def make(kind):
    return type("Yes", (kind,), {"__eq__": lambda s, o: True, "__hash__": lambda s: 4, "__sub__": lambda s, o: 0})()
made = [make(kind) for kind in (str, list, float, tuple)]
def square(x): return made[int(abs(x)) % 4]
""",
    "ending with success": "import os\ndef square(x): os._exit(0)\n",
    "ending politely": "import sys\ndef square(x): sys.exit(0)\n",
    "ending when it is loaded": "import os\nos._exit(0)\n",
    "raising what tests swallow": """
class Gone(Exception): pass
class StopIteration(Exception): pass
class NotRun(BaseException): pass
def square(x):
    raise (Gone, StopIteration, NotRun, GeneratorExit, KeyboardInterrupt)[int(abs(x)) % 5]
""",
    "saying that it must run inside": """
class NotData(Exception): pass
def square(x): raise NotData("please")
""",
    "an exception with words that cannot be": """
def square(x):
    raise type("\\0" * 10, (ValueError,), {"__str__": lambda s: 4})
""",
    "changing what assert and equality are": """
import builtins, sys, unittest, json, math
builtins.AssertionError = ValueError
builtins.isinstance = lambda *a: True
builtins.abs = lambda x: 0
unittest.TestCase.assertEqual = lambda *a, **k: None
json.dumps = lambda *a, **k: '{"ok": 4}'
def square(x): return x + x
""",
    "defining the tests anew": """
def check(candidate): return None
def test_more(): return None
class Squares: pass
def __case__(n): return open("/dev/null")
def square(x): return x + x
candidate = lambda x: 4
""",
    "telling results over every line": """
import json, os
def frame(said):
    body = json.dumps(said).encode()
    return len(body).to_bytes(4, "big") + body
said = [{"case": n, "outcome": "passed", "output": ""} for n in range(10)] + [{"end": "ended", "output": ""}]
for fd in range(64):
    for one in said:
        try: os.write(fd, frame(one))
        except OSError: pass
def square(x): return x + x
""",
    "answering before it is asked": """
import json, os
def frame(said):
    body = json.dumps(said).encode()
    return len(body).to_bytes(4, "big") + body
for fd in range(3, 64):
    for _ in range(20):
        try: os.write(fd, frame({"raised": {"names": ["NotData"], "words": "", "errno": None}}))
        except OSError: pass
def square(x): return x + x
""",
    "asking the tests for their own": """
import json, os
def frame(said):
    body = json.dumps(said).encode()
    return len(body).to_bytes(4, "big") + body
def square(x):
    for fd in range(3, 64):
        for do in ("get", "set", "item", "load", "start", "call"):
            for of in range(4):
                try: os.write(fd, frame({"do": do, "of": of, "a": ["__class__", 1], "k": {}, "input": ""}))
                except OSError: pass
    return x + x
""",
    "values that no honest side sends": """
import json, os
def frame(body):
    return len(body).to_bytes(4, "big") + body
odd = [b'{"ok": {"t": "set", "v": [[1]]}}', b'{"ok": {"t": "yours", "v": 7}}',
       b'{"ok": {"t": "fraction", "v": [1, 0]}}',
       b'{"ok": {"t": "exception", "v": ["a", "b"]}}', b'{"ok"', b'[]', b'7', b'{"ok": {"v": 1}}', b'\\xff\\xfe']
def square(x):
    for fd in range(3, 64):
        try: os.write(fd, frame(odd[int(abs(x)) % len(odd)]))
        except OSError: pass
    return x + x
""",
    "looking for what is expected": """
import gc, sys
def found():
    for one in gc.get_objects():
        if isinstance(one, str) and "assert candidate" in one and one not in known:
            return one
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
            if isinstance(value, str) and "candidate(2) ==" in value: return value
        frame = frame.f_back
known = {"assert candidate"}
def square(x): return x * x if found() else x + x
""",
    "waiting for the tests to be over": """
import threading, time
def square(x):
    time.sleep(60)
""",
    "taking the place of what the tests import": """
import sys, types
fake = types.ModuleType("unittest")
fake.TestCase = object
sys.modules["unittest"] = fake
sys.modules["pytest"] = fake
def square(x): return x + x
""",
    "patching the process that it is in": """
import sys
for name, module in list(sys.modules.items()):
    if "guest" in name:
        for key, value in list(vars(module).items()):
            if callable(value) and key in ("same", "judged", "to_data", "told"):
                setattr(module, key, lambda *a, **k: 4)
def square(x): return x + x
""",
    "an endless answer": "def square(x):\n    return [x] * 10**7\n",
    "a deep answer": "def square(x):\n    y = []\n    for _ in range(10**5):\n        y = [y]\n    return y\n",
}


def outcomes(program: str, tests: str = TESTS, entry: str | None = "square") -> tuple[str, list[str]]:
    record = Record.model_validate(
        {
            "prompt": "Write square(x).",
            "domain": "coding",
            "programming_language": "python",
            "candidates": [{"text": program}],
            "tests": {"entry_point": entry, "code": tests},
        }
    )
    (found,) = check.look(record, QUICK)
    cases = found.detail["tests"]
    assert isinstance(cases, list)
    return found.outcome, [case["outcome"] for case in cases]


def test_the_tests_tell_right_from_wrong() -> None:
    assert outcomes(RIGHT) == ("passed", ["passed"] * 7)
    said, cases = outcomes(WRONG)
    assert said == "failed"
    assert cases == ["passed", "failed", "failed", "passed", "failed", "failed", "failed"]


@pytest.mark.parametrize("forgery", sorted(FORGERIES))
def test_a_forgery_is_not_passed(forgery: str) -> None:
    said, cases = outcomes(FORGERIES[forgery])
    assert said in {"failed", "self_reported", "unknown"}, cases
    assert cases.count("passed") <= 2  # what a wrong answer gets right too


@pytest.mark.parametrize("forgery", sorted(FORGERIES))
def test_after_a_forgery_the_next_program_is_judged_as_ever(forgery: str) -> None:
    outcomes(FORGERIES[forgery])
    assert outcomes(RIGHT)[0] == "passed"
    assert outcomes(WRONG)[0] == "failed"


def test_a_plain_case_never_runs_inside() -> None:
    case = {"input": [2], "output": 4}
    program = "class NotData(Exception): pass\ndef square(x): raise NotData('please')"
    record = Record.model_validate(
        {
            "prompt": "Write square(x).",
            "domain": "coding",
            "candidates": [{"text": program}],
            "tests": {"entry_point": "square", "cases": [case]},
        }
    )
    assert [one.outcome for one in check.look(record, QUICK)] == ["failed"]


INSIDE = """
class Case:
    def __init__(self, x): self.x = x

def check(candidate):
    assert candidate(Case(4)) == 4
"""


def test_what_must_run_inside_is_only_reported_by_itself_and_never_decides() -> None:
    honest = "def taken(case): return case.x"
    forged = (
        "import builtins\nclass Yes:\n    def __eq__(self, other): return True\ndef taken(case): return Yes()"
    )
    wrong = "def taken(case): return 0"
    for program in (honest, forged, wrong):
        assert outcomes(program, INSIDE, "taken") == ("self_reported", ["self_reported"])


def test_the_prompts_own_functions_are_the_prompts_and_not_the_programs() -> None:
    prompt = "def poly(xs, x):\n    return sum(c * x ** i for i, c in enumerate(xs))\n\ndef find_zero(xs):\n    ...\n"
    tests = (
        "def check(candidate):\n    for xs in ([1, 2], [-6, 3]):\n"
        "        assert abs(poly(xs, candidate(xs))) < 1e-4\n"
    )
    forged = "def poly(xs, x):\n    return 0\n\ndef find_zero(xs):\n    return 0\n"
    right = "def find_zero(xs):\n    return -xs[0] / xs[1]\n"
    for program, expected in ((forged, "failed"), (right, "passed")):
        record = Record.model_validate(
            {
                "prompt": prompt,
                "domain": "coding",
                "candidates": [{"text": program}],
                "tests": {"entry_point": "find_zero", "code": tests},
            }
        )
        assert [one.outcome for one in check.look(record, QUICK)] == [expected]
