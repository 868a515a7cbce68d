"""A program's tokens: the same with other names, other comments and another layout."""

import pytest

from pipeline.screening._code import tokens

JAVA = """\
public static int best(int[] prices) {
    int low = Integer.MAX_VALUE, gain = 0;  // so far
    for (int price : prices) {
        low = Math.min(low, price);
        gain = Math.max(gain, price - low);
    }
    return gain;
}
"""
SCRIPT = """\
const debounce = (fn, wait = 100) => {
  let timer = null; /* none yet */
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => fn.apply(this, args), wait);
  };
};
"""
CLASS = """\
class Stack {
  constructor() { this.items = []; }
  push(item) { this.items.push(item); return this.items.length; }
}
"""


@pytest.mark.parametrize(
    ("program", "renamed"),
    [
        (
            JAVA,
            {"best": "profit", "low": "a", "gain": "b", "price": "p", "prices": "ps", "so far": "till now"},
        ),
        (
            SCRIPT,
            {
                "debounce": "later",
                "fn": "call",
                "timer": "t",
                "args": "rest",
                "wait": "ms",
                "none": "nothing",
            },
        ),
        (CLASS, {"Stack": "Pile", "items": "held", "(item)": "(one)"}),
    ],
    ids=["java", "javascript", "class"],
)
def test_other_names_and_comments_are_the_same_program_where_no_language_is_told(
    program: str, renamed: dict[str, str]
) -> None:
    other = program
    for name, its in sorted(renamed.items(), key=lambda pair: -len(pair[0])):
        other = other.replace(name, its)
    assert other != program
    assert tokens(other, None) == tokens(program, None)


def test_what_is_done_stays_apart() -> None:
    assert tokens(JAVA.replace("min", "abs"), None) != tokens(JAVA, None)
    assert tokens(SCRIPT.replace("apply", "bind"), None) != tokens(SCRIPT, None)


def test_python_that_ends_lines_with_braces_keeps_its_comments_out() -> None:
    plain = "def f(a):\n    x = {\n        'k': a,\n    }\n    return x\n"
    assert tokens(plain.replace("return x", "return x  # the answer"), None) == tokens(plain, None)
