"""Which column of a file is what: by their names, and by the shapes of the first rows' values."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pipeline.sources.candidates import parsed

Columns: TypeAlias = dict[str, str | list[str]]
Values: TypeAlias = Mapping[str, Sequence[Any]]
"""Column = the values that the first rows have of it, unset ones left out."""

PROMPTS = (
    "prompt", "question", "problem", "instruction", "problem_statement", "input", "query", "task_description",
    "text", "statement", "description", "messages", "conversation",
)  # fmt: skip
CANDIDATES = (
    "candidates", "responses", "completions", "solutions", "answers", "outputs", "generations", "programs", "samples",
)  # fmt: skip
CANDIDATE = (
    "candidate", "completion", "response", "solution", "generation", "model_output", "output", "program", "code",
    "generated_code", "model_answer", "answer",
)  # fmt: skip
ANSWERS = (
    "reference_answer", "final_answer", "ground_truth_answer", "ground_truth", "gold_answer", "gold", "target",
    "expected_answer", "correct_answer", "answer",
)  # fmt: skip
SOLUTIONS = (
    "reference_solution", "canonical_solution", "ground_truth_solution", "gold_solution", "solution", "rationale",
    "explanation",
)  # fmt: skip
OTHERS: Mapping[str, tuple[str, ...]] = {
    "tests.code": ("test", "test_code", "unit_tests"),
    "tests.entry_point": ("entry_point", "function_name"),
    "topic": ("topic", "subject", "category"),
    "difficulty": ("difficulty", "level"),
    "license": ("license", "licence"),
}
PROGRAMMING = (
    "ada", "bash", "c", "c#", "c++", "clojure", "cpp", "csharp", "css", "dart", "elixir", "erlang",
    "fortran", "go", "golang", "haskell", "html", "java", "javascript", "js", "julia", "kotlin", "lua",
    "matlab", "ocaml", "pascal", "perl", "php", "powershell", "py", "python", "python3", "r", "ruby",
    "rust", "scala", "shell", "sql", "swift", "ts", "typescript", "zig",
)  # fmt: skip
_ONE_OF_MANY = re.compile(
    r"candidate|response|answer|completion|solution|output|generation|reply|program|model|code"
)
_MARK = re.compile(r"(?<=[a-z])[A-D]$|(?<![a-zA-Z])[a-dA-D](?![a-zA-Z])|\d+")
"""What sets response_a from response_b, answer1 from answer2, or model_A_output from model_B_output."""
_LONG = 80
"""An answer of more characters is a solution."""
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
_ENGLISH = frozenset(("the", "of", "and", "is", "what", "how", "many", "that", "with", "if", "from", "are"))


def columns_of(values: Values, task: str) -> Columns:
    """The columns that fill a record's fields for a task type; a column called like its field needs no word."""
    found: Columns = {}
    prompt = _prompt(values)
    if prompt:
        found["prompt"] = prompt
    left = {name: sample for name, sample in values.items() if name != prompt}
    candidates = "candidates" if "candidates" in left else _candidates(left, steps=task == "step_review")
    if candidates:
        found["candidates"] = candidates
        left = {name: sample for name, sample in left.items() if name not in _names(candidates)}
    found.update(_references(left))
    found.update(_languages(left))
    for field, names in OTHERS.items():
        if field.split(".")[0] not in values and (name := _first(left, names, _is_scalar)):
            found[field] = name
    return {field: column for field, column in found.items() if field != column}


def language_of(texts: Sequence[str]) -> str | None:
    """The language of some texts where script or words make it plain; None otherwise."""
    text = "\n".join(texts)[:20_000]
    letters = sum(map(str.isalpha, text)) or 1
    for tag, script in _SCRIPTS:
        if len(script.findall(text)) > letters / 10:
            return tag
    words = set(re.findall(r"[a-z]+", text.lower()))
    return "en" if len(words & _ENGLISH) > 2 else None  # noqa: PLR2004 - one word may be a name


def _prompt(values: Values) -> str | None:
    paths = {**values, **_inner(values)}
    exact = {
        path.rsplit(".", 1)[-1].lower(): path for path in reversed(list(paths)) if _is_prompt(paths[path])
    }
    for name in PROMPTS:
        if name in exact:
            return exact[name]
    words = ("prompt", "question", "problem", "instruction")
    return next(
        (path for path in values if _is_prompt(values[path]) and any(w in path.lower() for w in words)), None
    )


def _inner(values: Values) -> dict[str, list[Any]]:
    """The values one level down, by their dotted path."""
    found: dict[str, list[Any]] = defaultdict(list)
    for name, sample in values.items():
        for value in sample:
            for key, inner in value.items() if isinstance(value, dict) else ():
                found[f"{name}.{key}"].append(inner)
    return found


def _candidates(values: Values, *, steps: bool) -> str | list[str] | None:
    if steps:
        for name, sample in values.items():
            if "step" in name.lower() and _is_list_of(sample, str):
                return [name]
    many = _first(values, CANDIDATES, lambda sample: _is_list_of(sample, str | dict | list))
    return many or _parallel(values) or _one(values)


def _one(values: Values) -> list[str] | None:
    one = _first(values, CANDIDATE, _is_text)
    return [one] if one else None


def _parallel(values: Values) -> list[str] | None:
    """Columns that hold one candidate each: chosen and rejected, or names alike but for a letter or a number."""
    pairs = [[one for one in values if one.lower() == name] for name in ("chosen", "rejected")]
    groups = defaultdict(list, {"": [one[0] for one in pairs if one]})
    for name in values:
        pattern = _MARK.sub("*", name)
        if "*" in pattern and _ONE_OF_MANY.search(pattern.lower()):
            groups[pattern].append(name)
    for names in groups.values():
        if len(names) > 1 and all(_is_text(values[name]) or _is_messages(values[name]) for name in names):
            return [name if _is_text(values[name]) else f"{name}.-1.content" for name in names]
    return None


def _references(values: Values) -> Columns:
    if "reference" in values:
        return {}
    found: Columns = {}
    if solution := _first(values, SOLUTIONS, _is_text):
        found["reference.solution"] = solution
    if answer := _first(values, ANSWERS, _is_scalar):
        long = any(isinstance(one, str) and (len(one) > _LONG or "\n" in one) for one in values[answer])
        found.setdefault("reference.solution" if long else "reference.answer", answer)
    return found


def _languages(values: Values) -> Columns:
    """Columns of languages, told apart by what they hold: people's, or programs'."""
    found: Columns = {}
    for name in ("programming_language", "code_language", "language", "lang", "locale"):
        sample = [str(one).lower() for one in values.get(name, ())]
        if sample and all(one in PROGRAMMING for one in sample):
            found.setdefault("programming_language", name)
        elif sample and all(re.fullmatch(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", one) for one in sample):
            found.setdefault("language", name)
    return found


def _first(values: Values, names: Sequence[str], fits: Any) -> str | None:  # noqa: ANN401 - a test of values
    lower = {name.lower(): name for name in reversed(list(values))}
    return next((lower[name] for name in names if name in lower and fits(values[lower[name]])), None)


def _names(columns: str | list[str]) -> set[str]:
    given = [columns] if isinstance(columns, str) else columns
    return {name.removesuffix(".-1.content") for name in given}


def _is_text(sample: Sequence[Any]) -> bool:
    return bool(sample) and all(isinstance(one, str) for one in sample)


def _is_scalar(sample: Sequence[Any]) -> bool:
    return bool(sample) and all(isinstance(one, str | int | float) for one in sample)


def _is_prompt(sample: Sequence[Any]) -> bool:
    return _is_text(sample) or _is_messages(sample)


def _is_messages(sample: Sequence[Any]) -> bool:
    return _is_list_of(sample, dict) and all(
        {"role", "content"} <= set(turn) for one in sample for turn in one
    )


def _is_list_of(sample: Sequence[Any], kind: Any) -> bool:  # noqa: ANN401 - a type, or a union of some
    lists = [parsed(one) if isinstance(one, str) else one for one in sample]
    return bool(lists) and all(
        isinstance(one, list) and bool(one) and all(isinstance(inner, kind) for inner in one) for one in lists
    )
