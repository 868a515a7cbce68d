"""Secrets that have no form of their own: known by what they are assigned to, sent as, or said to be."""

from pipeline.screening._forms import Family, Form, either, shaped
from pipeline.screening._guessing import looks_random, may_open

# ruff: noqa: RUF001 - Chinese has its own colon

_KEY_NAMES = (
    r"(?:api|app|access|secret|private|signing|encryption|master|consumer|account|subscription|service|auth)"
    r"[_. -]?keys?|apikey|(?:client|app|api|consumer|shared|jwt|webhook)[_. -]?secret|secret"
    r"|(?:access|auth|api|bearer|refresh|bot|session|csrf|id|personal|deploy)?[_. -]?token"
    r"|credentials?|authorization"
)
_KEY_IS = r"[\w.-]{0,40}[\"'\]]{0,2}\s*(?::=|=>|==?|:|\bis\b|,)\s*"
_KEY_QUOTED = rf"(?i)(?:{_KEY_NAMES}){_KEY_IS}[rbuf]?(?P<q>[\"'`])(?P<value>[^\s\"'`]{{16,200}})(?P=q)"
_KEY_BARE = (
    rf"(?i)(?:{_KEY_NAMES})[\w.-]{{0,40}}\s*(?:=|:|\bis\b)\s*"
    r"(?P<value>[A-Za-z0-9+/_.~-]{20,200}={0,2})(?![\w(\[])"
)

_OPENS = r"(?i)(?<![A-Za-z])(?:pass(?:word|wd|phrase|code)|pwd)"
_OPENS_IS = r"[\w.-]{0,40}[\"'\]]{0,2}\s*(?::=|=>|==?|:|\bis\b)\s*"
_OPENS_QUOTED = rf"{_OPENS}{_OPENS_IS}[rbuf]?(?P<q>[\"'`])(?P<value>[^\s\"'`]{{6,128}})(?P=q)"
_OPENS_BARE = rf"{_OPENS}(?:\s+is|\s*[:=])\s*(?P<value>[^\s\"'`,;()\[\]<>]{{6,64}})(?![\w(\[])"
_OPENS_ELSEWHERE = r"(?:密码|口令|パスワード|비밀번호)(?:是|为|は)?\s*[:：=]?\s*(?P<value>[!-~]{6,64})"
_BY_OPTION = r"(?<!\S)(?:-u|--user)[ =][\"']?[\w.@-]+:(?P<value>[^\s\"']{4,})"

_IN_ADDRESS = (
    r"(?i)(?<![a-z0-9])[a-z][a-z0-9+.-]{1,24}://[^\s/:@\"'<>{}]{0,64}:(?P<value>[^\s/@\"'<>{}]{3,128})@[\w\[]"
)
_SENT = r"(?i)(?:\bbearer|\bbasic|\btoken|x-api-key[\"']?:)\s+[\"']?(?P<value>[A-Za-z0-9+/_.~-]{20,}={0,2})(?![\w(])"
_STAND_FOR_ONE = frozenset(("password", "pass", "passwd", "pwd", "port", "secret", "token"))


def _in_address(value: str) -> bool:
    return value[0] not in "$%[*" and value.lower() not in _STAND_FOR_ONE


ASSIGNED: tuple[Family, ...] = (
    Family(
        r"://[^\s/:@]{0,64}:[^\s/@]{3,128}@",
        (Form("password_in_address", "PASSWORD", shaped(_IN_ADDRESS, _in_address)),),
    ),
    Family(
        r"(?:bearer|basic|token|x-api-key.{0,3}:)\s+[\\\"']{0,3}[a-z0-9+/_.~-]{20}",
        (Form("authorization", "KEY", shaped(_SENT, looks_random)),),
    ),
    Family(
        r"(?:key|secret|token|credential|authorization)[\w.\\\"'\]-]{0,24}\s*(?:[:=,]|\bis\b)[=>:]?\s*[rbuf]?"
        r"[\\\"'`]{0,3}[^\s\"'`]{16}",
        (
            Form(
                "assigned_key",
                "KEY",
                either(shaped(_KEY_QUOTED, looks_random), shaped(_KEY_BARE, looks_random)),
            ),
        ),
    ),
    Family(
        r"passw|passphrase|passcode|pwd|密码|口令|パスワード|비밀번호|-u |--user",
        (
            Form(
                "password",
                "PASSWORD",
                either(
                    shaped(_OPENS_QUOTED, may_open),
                    shaped(_OPENS_BARE, may_open),
                    shaped(_OPENS_ELSEWHERE, may_open),
                    shaped(_BY_OPTION, may_open),
                ),
            ),
        ),
    ),
)
