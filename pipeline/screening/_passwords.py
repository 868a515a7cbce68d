"""Passwords, known by where they stand: assigned, said, in a tag, behind an option, in an address; and seed phrases."""

from pipeline.screening._forms import Family, Form, either, shaped
from pipeline.screening._guessing import may_open, mixes_kinds

# ruff: noqa: RUF001 - Chinese has its own colon

_OPENS = (
    r"(?i)(?:pass(?:word|wd|phrase|code)|(?<![a-z])(?:pwd|pass|pw)(?![a-z])|(?-i:[a-z](?:Pwd|Pass)(?![a-z])))"
)
"""However it is joined to other words: `PGPASSWORD`, `db_pass`, `userPwd`."""
_IS = r"[\w.-]{0,40}[\"'\]]{0,2}\s*(?::=|=>|==?|:|\bis\b)\s*"
_QUOTED = rf"{_OPENS}{_IS}[rbuf]?(?P<q>[\"'`])(?P<value>[^\s\"'`]{{6,128}})(?P=q)"
_BARE = (
    rf"{_OPENS}(?:(?:\s+(?:for|to|of|on)\s[\w .'@-]{{1,40}}?)?\s+is|'s|\s*[:=])\s*"
    r"(?P<value>[^\s\"'`,;()\[\]<>/~][^\s\"'`,;()\[\]<>]{5,63})(?![\w(\[])"
)
_ELSEWHERE = (
    r"(?i)(?:密码|口令|パスワード|비밀번호|пароль|contraseña|mot de passe|passwort|kennwort|senha)"
    r"(?:是|为|は|는|은| ist| est| es| é)?\s*[:：=]?\s*(?P<value>[!-~]{6,64})"
)
_WITHIN = r"(?i)<[\w:.-]*(?:password|passwd|pwd)>\s*(?P<value>[^<\s]{6,128})\s*</"
_BEHIND = (
    r"(?i)(?:\blogin\s+\S+\s+password\s|\s--?password |\bsshpass -p ?|\b(?:mysql|mariadb)\w*\b[^\n|;]{0,60} -p)"
    r"\s*[\"']?(?P<value>[^\s\"'=:<>-][^\s\"'<>]{5,63})"
)
_BESIDE = (
    r"(?i)(?:\bpass(?:word|code)\s+|\bidentified by\s+|\bname=\"?password\"? value=|\bkey=\"password\" value=)"
    r"[\"'](?P<value>[^\s\"']{6,64})[\"']"
)
_NEXT = r"(?i)\bpass(?:word|code)\s+(?P<value>[^\s\"'`,;()\[\]<>=:]{6,64})"
_BY_OPTION = r"(?<!\S)(?:-u|--user)[ =][\"']?[\w.@-]+:(?P<value>[^\s\"']{4,})"

_IN_ADDRESS = (
    r"(?i)(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{1,24}://[^\s/:@\"'<>{}]{0,64}:|jdbc:oracle:\w+:\w+/)"
    r"(?P<value>[^\s/@\"'<>{}]{3,128})@[\w\[/]"
)
_STAND_FOR_ONE = frozenset(("password", "pass", "passwd", "pwd", "port", "secret", "token"))
_SEED = (
    r"(?i)(?:seed|recovery|mnemonic|助记词)(?: (?:phrase|words?))?(?: is)?\s*[:：=]?\s*[\"']?"
    r"(?P<value>(?:[a-z]{3,8} ){11}(?:(?:[a-z]{3,8} ){3}){0,4}[a-z]{3,8})(?![\w ]*[a-z])"
)


def _in_address(value: str) -> bool:
    return value[0] not in "$%[*" and value.lower() not in _STAND_FOR_ONE


PASSWORDS: tuple[Family, ...] = (
    Family(
        r"://[^\s/:@]{0,64}:[^\s/@]{3,128}@|jdbc:oracle",
        (Form("password_in_address", "PASSWORD", shaped(_IN_ADDRESS, _in_address)),),
    ),
    Family(
        r"passw|passphrase|passcode|pwd|pass[\\\"']*\s*[:=]|pw[\\\"']*\s*[:=]|密码|口令|パスワード|비밀번호"
        r"|пароль|contraseña|mot de passe|kennwort|senha|identified by|sshpass|mysql|mariadb|-u |--user",
        (
            Form(
                "password",
                "PASSWORD",
                either(
                    *(
                        shaped(form, may_open)
                        for form in (_QUOTED, _BARE, _ELSEWHERE, _WITHIN, _BEHIND, _BESIDE, _BY_OPTION)
                    ),
                    shaped(_NEXT, mixes_kinds),
                ),
            ),
        ),
    ),
    Family(
        "(?:seed|recovery) (?:phrase|words?)|mnemonic|助记词", (Form("seed_phrase", "KEY", shaped(_SEED)),)
    ),
)
