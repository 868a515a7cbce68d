"""How many tokens a text has: counted where there is a tokenizer, estimated where there is none."""

import re
from pathlib import Path
from typing import Any

from schemas.errors import ProjectError

_PIECES = re.compile(
    r"[A-Za-z]{1,7}|\d{1,3}|[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
    r"|[\u0370-\u058f]{1,3}|[\u0590-\u1fff]{1,2}|[^\W\d_]{1,7}|[^\w\s]{1,2}|_|\n\s*|[ \t]{2,}"
)
"""About a token each: a piece of a Latin word, three digits, a Chinese character, two signs, a gap between lines."""


def estimated(text: str) -> int:
    """About how many tokens a tokenizer of today's models makes of a text."""
    return len(_PIECES.findall(text))


def read_tokenizer(path: Path) -> Any:  # noqa: ANN401 - tokenizers ships no useful types
    """A tokenizer from a `tokenizer.json`; raises ProjectError where it, or the library, is not there."""
    what = "project.toml: screens.length.tokenizer"
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise ProjectError(
            f"{what}: the library tokenizers was expected, is not installed; install it with: "
            "pip install 'headrace[tokens]'"
        ) from None
    if not path.is_file():
        raise ProjectError(f"{what}: a tokenizer.json was expected, {str(path)!r} is no file; name one")
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
        raise ProjectError(
            f"{what}: {str(path)!r} should be a tokenizer.json, is not: {error}; name one"
        ) from None
