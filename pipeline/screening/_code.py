"""The tokens of a program, as they are compared: without layout, comments, and the names that its author chose.

A chosen name becomes how far back it was used last, so that a program with other names has the same tokens, and an
edit changes only those around it. Keywords, Python's built-in names and attributes say what is done, and stay; the
attributes of `this` are its author's own. Without a language, how its lines end says how it comments.
"""

import builtins
import keyword
import re

_FENCE = re.compile(r"^```[^\n]*\n(.*?)(?:^```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_LOOKS = re.compile(
    r"^[ \t]*(?:(?:async )?def \w+ ?\(.*|class \w+.*[:{]|from [\w.]+ import .+"
    r"|import [\w.]+(?: as \w+)?;?|#include ?[<\"].*"
    r"|(?:export )?(?:async )?function\*? \w*\(.*|(?:pub )?fn \w+.*|func (?:\(.*\) )?\w+\(.*|package [\w.]+;?"
    r"|(?:public|private|static) .*[({;]|(?:const|let|var) \w+ ?=.*|using \w.*;|return .*;)[ \t]*$",
    re.MULTILINE,
)
"""A line that stands in programs and in no prose."""
_TERSE = re.compile(
    r"[ \t]*(?:[\w.\[\], \"']+ ?[-+*/%|&]?= ?\S.*|[\w.]+\(.*\);?|return\b.*"
    r"|(?:for|while|if|elif|else|try|with)\b.*[:{].*"
    r"|.*[;{}]|[)\]]+,?)[ \t]*\Z"
)
_INDENTS = ("  ", "\t\t")
_HASHED = frozenset(
    {"python", "py", "python3", "ruby", "r", "bash", "shell", "sh", "perl", "julia", "elixir"}
)
_STRING = r'[A-Za-z]{0,2}(?:"""(?:[^\\]|\\.)*?"""' + r"|'''(?:[^\\]|\\.)*?'''" + r'|"(?:[^"\\\n]|\\.)*"'
_STRING += r"|'(?:[^'\\\n]|\\.)*')"
_REST = r"|\.\.\.|\d[\w.]*|[^\W\d]\w*|[-+*/%&|^<>=!]=|->|=>|\*\*|//|&&|\|\||<<|>>|::|[^\s\w]"
_SAID = re.compile(rf"#[^\n]*|//[^\n]*|/\*.*?\*/|{_STRING}", re.DOTALL)
_WITH_HASHES = re.compile(rf"#[^\n]*|{_STRING}{_REST}", re.DOTALL)
_WITH_SLASHES = re.compile(rf"//[^\n]*|/\*.*?\*/|{_STRING}{_REST}", re.DOTALL)
_SLASHED = re.compile(r"(?:;|\)[ \t]*\{|=>[ \t]*\{)[ \t]*(?://[^\n]*)?$|^[ \t]*//", re.MULTILINE)
"""What stands in programs whose comments begin with slashes."""
_SET = re.compile(r"\b([^\W\d]\w*) ?=(?![=])")
_NAME = re.compile(r"[^\W\d]\w*\Z")
_F_STRING = re.compile(r"[rR]?[fF][rR]?[\"']")
"""It may hold chosen names."""
_DOCSTRING = ('"""', "'''", 'r"""', "r'''")
_OF_OTHERS = frozenset(
    re.findall(
        r"\w+",
        """
abstract async auto await bool boolean break byte case catch char class console const continue default defer
delete do double else enum export extends extern False false final finally float for foreach function go goto
if impl implements import in include instanceof int interface let long loop mod mut namespace new nil None
null operator override package printf println private protected pub public return self short signed sizeof
static std struct super switch template this throw throws trait True true try typedef typeof undefined union
unsigned use using var virtual void volatile where while with yield
""",
    )
)
"""Words of other languages than Python and those like it."""
_OF_PYTHON = frozenset(keyword.kwlist) | frozenset(dir(builtins))
_WITHIN = re.compile(r"[\0-\x20]")
"""Would cut a token, such as a string of several words, into several."""
_FAR = 64
"""A name used longer ago than this many names counts as new: what is far away is another context."""


def looks_like_code(text: str) -> bool:
    """Whether a text is a program: it defines or imports something, or hardly a line of it is prose."""
    return _LOOKS.search(text) is not None or _is_terse(text)


def _is_terse(text: str) -> bool:
    """Whether most lines assign, call, return or close something."""
    lines = [line for line in text.splitlines() if line.strip()]
    terse = sum(line[:2] in _INDENTS or _TERSE.match(line) is not None for line in lines)
    return 2 * terse > len(lines)


def split(text: str) -> tuple[str, str]:
    """The words and the program of an answer: what is fenced is program; without a fence, all is one of them."""
    fenced = _FENCE.findall(text)
    if fenced:
        return _FENCE.sub("\n", text), "\n".join(fenced)
    return ("", text) if looks_like_code(text) else (text, "")


def quotes(code: str) -> str:
    """What comments and strings of a program say, in words."""
    return " ".join(_SAID.findall(code))


def tokens(code: str, language: str | None) -> bytes:
    """A program's tokens in their order, with chosen names put aside; as UTF-8 with spaces between, no byte being 0."""
    hashed = language.lower() in _HASHED if language else _SLASHED.search(code) is None
    kept = _OF_PYTHON if hashed else _OF_OTHERS
    kept = kept.difference(_SET.findall(code))  # somebody's own, whatever it is called
    found: list[str] = []
    last: dict[str, int] = {}
    count, owner, before = 0, "", ":"
    for token in (_WITH_HASHES if hashed else _WITH_SLASHES).findall(code):
        if _says_nothing(token, before, hashed=hashed):
            continue
        if (before == "." and owner != "this") or token in kept or not _NAME.match(token):
            found.append("f-string" if _F_STRING.match(token) else token)
        else:
            count += 1
            name = f".{token}" if before == "." else token  # this.x is another name than x
            back = count - last.get(name, 0) if name in last else 0
            found.append(f"name_{back if back < _FAR else 0}")
            last[name] = count
        owner, before = before, token
    return " ".join(_WITHIN.sub("_", token) for token in found).encode("utf-8", "surrogatepass")


def _says_nothing(token: str, before: str, *, hashed: bool) -> bool:
    """Whether it is a comment, or a string that only documents what it stands in."""
    if not hashed:
        return token.startswith(("//", "/*"))
    return token[0] == "#" or (before == ":" and token.startswith(_DOCSTRING))
