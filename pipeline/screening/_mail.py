"""Mail addresses, also those that are spelled out so that machines pass them by."""

import re

from pipeline.screening._forms import Family, Form, either, shaped

_ENDS = """
    com net org edu gov mil int info biz name pro mobi app dev cloud online site tech store shop club
    email live news blog wiki xyz page link work works team zone space world today life media agency digital
    design studio company solutions services systems group network academy school university institute
    foundation science health care hospital clinic dental legal law finance bank money tax insurance energy
    green farm house homes realty travel hotel social chat community games fun art museum coop aero jobs tel
    cat asia eu berlin london paris nyc tokyo local internal lan corp intranet home example test invalid
"""
"""What domains end in besides the two letters of a country: `W.transpose` in a program is none."""
_KNOWN_ENDS = frozenset(_ENDS.split())
_COUNTRY = 2

_AT = (
    "[^\\s(),;:<>]@[^\\s@.]+\\.|\uff20|[\\[({<] ?(?:at|@) ?[\\])}>]| at \\S+ dot |&#0?64;|&#x40;|&commat;|%40"
)
_LETTER = r"[^\W\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"
"""A letter, digit or underscore, but none of Chinese, Japanese or Korean: no space parts those from an address."""
_ADDRESS = (
    rf"(?<!{_LETTER})(?<![.+%@-])(?P<value>(?!_){_LETTER}(?:(?:{_LETTER}|[.+%'-]){{0,62}}(?:{_LETTER}|[+-]))?[@\uff20]"
    rf"(?:[^\W_](?:[\w-]{{0,61}}[^\W_])?\.){{1,6}}[^\W\d_]{{2,24}})(?![\w(]|-\w|\.\w)"
)
_IN_BRACKETS = (
    r"(?i)(?<![\w.@-])(?:[\w+-]{1,64} ?[\[({<] ?dot ?[\])}>] ?)?[\w.+-]{2,64} ?[\[({<] ?(?:at|@) ?[\])}>] ?[\w-]+"
    r"(?: ?[\[({<] ?(?:dot|\.) ?[\])}>] ?[\w-]+|\.[\w-]+){1,4}"
)
_IN_WORDS = (
    r"(?i)(?<![\w.@-])(?:[\w+-]{1,64} dot )*[\w.+-]{2,64} at [\w-]+ dot "
    r"(?:com|org|net|edu|io|co|gov|de|fr|uk|cn|in|jp|ru|br)(?: dot \w{2})?(?!\w)"
)
_CODED = r"(?i)(?<![\w.@-])[\w.+-]{2,64}(?:&#0?64;|&#x40;|&commat;|%40)(?:[\w-]+\.){1,4}[a-z]{2,24}(?![\w@])"


def _is_address(value: str) -> bool:
    local, _, domain = re.sub(r"\uff20|&[^;]+;|%40", "@", value).rpartition("@")
    end = domain.rpartition(".")[2]
    if local == "git" or ".." in value:
        return False
    return not end.isascii() or (
        (end.islower() or end.isupper()) and (len(end) == _COUNTRY or end.lower() in _KNOWN_ENDS)
    )


MAIL = Family(
    _AT,
    (
        Form(
            "email",
            "EMAIL",
            either(
                shaped(_ADDRESS, _is_address, re.NOFLAG),
                shaped(_IN_BRACKETS),
                shaped(_IN_WORDS),
                shaped(_CODED, _is_address),
            ),
        ),
    ),
    around=re.compile(_AT, re.IGNORECASE),
)
