"""Test code taken apart: what counts as an assertion, and what each needs to stand by itself."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks._assertions import assertions
from tasks._programs import LONGEST, unfenced
from tests.tasks.drawing import a_few

CHECK = """\
import math
import os

METADATA = {"author": "x"}


def close(a, b):
    return math.fabs(a - b) < 1e-6


def check(candidate):
    # simple ones
    assert candidate(1) == 1  # a remark
    xs = [3, 1]
    xs.append(2)
    assert candidate(xs) == [1, 2, 3], "sorted"
    for n in range(3):
        assert close(candidate(n), n)
"""


def test_each_assertion_stands_by_itself() -> None:
    plain, listed, loop = assertions(CHECK)
    assert plain == "assert candidate(1) == 1"
    assert listed == 'xs = [3, 1]\nxs.append(2)\nassert candidate(xs) == [1, 2, 3], "sorted"'
    assert loop.startswith("import math\ndef close(a, b):")
    assert loop.endswith("for n in range(3):\n    assert close(candidate(n), n)")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("assert f(1)\nassert f(2)", ("assert f(1)", "assert f(2)")),
        ("assert f(1)\nassert f(1)", ("assert f(1)",)),
        ("assert f(1); assert f(2)", ("assert f(1)", "assert f(2)")),
        ("assert f('\u00e4\u4e2d') == 1 ; assert g", ("assert f('\u00e4\u4e2d') == 1", "assert g")),
        ("assert f(\n  1\n)", ("assert f(1)",)),
        ("if 1:\n  assert f(1)", ("if 1:\n    assert f(1)",)),
        ("x = [0]\nx[0] = 1\nassert f(x)", ("x = [0]\nx[0] = 1\nassert f(x)",)),
        ("x = 1\ny = x\nz = 3\nassert f(y)", ("x = 1\ny = x\nassert f(y)",)),
        ("x = 1\nz = x\nassert f(x)", ("x = 1\nassert f(x)",)),
        ("from a import b as c\nassert c", ("from a import b as c\nassert c",)),
        (
            "import a.b\nclass T(TestCase):\n  def test(self):\n    self.assertEqual(a.f(1), 2)\n",
            ("import a.b\nself.assertEqual(a.f(1), 2)",),
        ),
        (
            "def test():\n  with pytest.raises(ValueError):\n    f(1)",
            ("with pytest.raises(ValueError):\n    f(1)",),
        ),
        ("assert f('\\d')\r\nassert g\r\n", ("assert f('\\d')", "assert g")),
    ],
)
def test_what_is_found(code: str, found: tuple[str, ...]) -> None:
    assert assertions(code) == found


@pytest.mark.parametrize(
    "code", ["assert_eq!(f(1), 2);", "x = 1", "def", "\x00", "(" * 9_000, f"assert f({'1' * LONGEST})"]
)
def test_what_cannot_be_taken_apart_stands_as_it_is(code: str) -> None:
    assert assertions(f"\n{code}\n") == (code,)


def test_a_statement_too_deep_to_be_written_anew_stands_as_it_was_written() -> None:
    deep = "assert f(\n    0" + "\n    + 1" * 400 + "\n) == 400"
    indented = deep.replace("\n", "\n    ")
    assert assertions(f"def check(f):\n    {indented}\n    assert f(1)") == (deep, "assert f(1)")


def test_other_languages_are_not_read_as_python() -> None:
    assert assertions("assert(f(1))\nassert(f(2))", "lua") == ("assert(f(1))\nassert(f(2))",)
    assert len(assertions("assert f(1)\nassert f(2)", "Python")) == 2


@pytest.mark.parametrize(("characters", "found"), [(100_000, 2), (100_001, 1)])
def test_code_of_a_hundred_thousand_characters_is_still_taken_apart(characters: int, found: int) -> None:
    code = "assert f(1)\nassert f('"
    assert len(assertions(f"{code}{'x' * (characters - len(code) - 2)}')")) == found


@a_few
@given(st.lists(st.text(min_size=1), min_size=1, unique=True))
def test_no_assertion_is_lost_or_changed(texts: list[str]) -> None:
    code = "def check(f):\n" + "".join(f"    assert f({text!a})\n" for text in texts)
    found = [ast.literal_eval(one.removeprefix("assert f(").removesuffix(")")) for one in assertions(code)]
    assert found == texts


@pytest.mark.parametrize(
    ("text", "code", "language"),
    [
        ("```Python\nx = 1\n```", "x = 1", "python"),
        ("\n```\nx\n\ny\n```\n", "x\n\ny", None),
        ("    return 1\n", "    return 1", None),
        ("Here:\n```\nx\n```", "Here:\n```\nx\n```", None),
        ("```\na\n```\nand\n```\nb\n```", "```\na\n```\nand\n```\nb\n```", None),
        ("a\r\nb", "a\nb", None),
    ],
)
def test_the_one_fence_around_a_program_is_taken_off(text: str, code: str, language: str | None) -> None:
    assert unfenced(text) == (code, language)
