"""The words of a text, as near duplicates compare them: without case, without the punctuation of sentences."""

import re
from unicodedata import normalize

_SOFT = "!?\"'`()[]{}:;"
"""What says nothing; signs of arithmetic do, and stay, as do points and commas within a word."""
_SPACES = "\0\t\n\r\x0b\x0c"
_FOLDED = bytes.maketrans(_SPACES.encode(), b" " * len(_SPACES)).lower()
_ALL = str.maketrans(_SPACES, " " * len(_SPACES), _SOFT)
_SOFT_BYTES = _SOFT.encode()
_WIDE = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f\U00020000-\U0003ffff]"
)
"""Signs of scripts that put no spaces between words: each counts as a word."""
_WIDE_SOFT = re.compile(
    r"[\u00a0\u2000-\u206f\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)


def words(text: str) -> bytes:
    """The words of a text in their order, as UTF-8 with spaces between; no byte of it is 0."""
    if text.isascii():
        plain = text.encode().translate(_FOLDED, _SOFT_BYTES)
    else:
        folded = _WIDE_SOFT.sub(" ", normalize("NFC", text)).casefold().translate(_ALL)
        plain = _WIDE.sub(r" \g<0> ", folded).encode("utf-8", "surrogatepass")
    return (plain + b" ").replace(b". ", b" ").replace(b", ", b" ")
