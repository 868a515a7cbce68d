"""Programs as models and problem sets write them: in a fence or bare, and prompts that are programs themselves."""

import ast
import re
import warnings
from collections.abc import Sequence

from schemas.records import TestResult
from tasks import _markup

LONGEST = 100_000
"""Characters; what is longer is not parsed."""

_FENCED = re.compile(r"\s*```([\w+#.-]*)[^\n`]*\n(.*?)\n?[ ]*```\s*", re.DOTALL)
_PYTHON = frozenset({None, "py", "python", "python3"})


def unfenced(text: str) -> tuple[str, str | None]:
    """A program without the one markdown fence around it, and the language that the fence names."""
    text = one_break(text)
    fenced = _FENCED.fullmatch(text)
    if fenced and "```" not in fenced[2]:
        return fenced[2], fenced[1].lower() or None
    return text.strip("\n"), None


def one_break(text: str) -> str:
    """The text with one kind of line break, so that everybody counts the same lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def python(code: str, language: str | None = None) -> ast.Module | None:
    """The code as Python's parser reads it, never run; None where it is not Python, or too long to be read."""
    if (language.lower() if language else None) not in _PYTHON or len(code) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of strange escapes in texts, which are the author's own
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def question(prompt: str, language: str | None) -> str:
    """A prompt as HTML: as a program where it is one, such as a signature with its docstring; else as prose."""
    prompt = one_break(prompt).strip("\n")
    module = python(prompt, language)
    defines = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    if module and any(isinstance(statement, defines) for statement in module.body):
        return _markup.program(prompt, language or "python")
    return _markup.prose(prompt)


def tally(results: Sequence[TestResult]) -> str:
    """In a few words, how many tests a program failed."""
    failed = sum(not one.passed for one in results)
    return f"Test results: {f'{failed} of' if failed else 'all'} {len(results)} {'failed' if failed else 'passed'}"


LOOK = """
.hr .problem pre .line{padding-left:10px}
.hr .problem pre .line::before{content:none}
.hr .problem .part{margin-top:4px;padding-top:4px;font-size:14px}
"""
"""Styles: the problem's code is without numbers, which are those of the lines in question."""
