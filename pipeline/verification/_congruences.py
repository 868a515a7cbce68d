r"""Answers that are a residue: `x \equiv 3 \pmod{5}`, `3 \bmod 5`, `x = 3 (mod 5)`."""

import re

_RESIDUE = re.compile(
    r"(?:(?P<name>[A-Za-z])\s*(?:\\equiv|=)\s*)?(?P<left>-?\d{1,18})\s*"
    r"(?:\\pmod|\\bmod|\\mod|\(?\s*\\?mod)\s*\{?\s*(?P<by>\d{1,18})\s*\}?\s*\)?"
)


def same_residue(a: str, b: str) -> bool | None:
    """Whether two texts name one residue; None where they name none, or of other moduli."""
    one, other = (_RESIDUE.fullmatch(text.strip()) for text in (a, b))
    if one is None and other is None:
        return None
    if one is None or other is None:
        return _alone(one or other, b if other is None else a)
    if one["by"] != other["by"] or {one["name"], other["name"]} - {None} - {one["name"] or other["name"]}:
        return None
    by = int(one["by"])
    return by > 0 and (int(one["left"]) - int(other["left"])) % by == 0


def _alone(residue: re.Match[str] | None, text: str) -> bool | None:
    r"""`17 \bmod 5` beside a number: the least residue, or what people have to say."""
    if (
        residue is None
        or residue["name"]
        or not re.fullmatch(r"\d{1,18}", text.strip())
        or residue["by"] == "0"
    ):
        return None
    return True if int(residue["left"]) % int(residue["by"]) == int(text) else None
