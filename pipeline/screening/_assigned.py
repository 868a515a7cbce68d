"""Keys that have no form of their own: known by what they are assigned to, sent as, or handed to."""

from pipeline.screening._forms import Family, Form, either, shaped
from pipeline.screening._guessing import looks_drawn, looks_random

# ruff: noqa: RUF001 - Chinese has its own colon

_KEY_NAMES = (
    r"(?:api|app|access|secret|private|signing|encryption|master|consumer|account|subscription|service|auth)"
    r"[_. -]?keys?|apikey|(?:client|app|api|consumer|shared|jwt|webhook)[_. -]?secret|secret"
    r"|(?:access|auth|api|bearer|refresh|bot|session|csrf|id|personal|deploy)?[_. -]?token"
    r"|credentials?|authorization|密钥|秘钥|令牌|(?<![a-z])auth(?=[\"'])"
)
_KEY_IS = r"[\w.-]{0,40}[\"'\]]{0,2}\s*(?::=|=>|==?|[:：]|\bis\b|[是为]|,)\s*"
_KEY_QUOTED = rf"(?i)(?:{_KEY_NAMES}){_KEY_IS}[rbuf]?(?P<q>[\"'`])(?P<value>[^\s\"'`]{{16,200}})(?P=q)"
_KEY_BARE = (
    rf"(?i)(?:{_KEY_NAMES})[\w.-]{{0,40}}\s*(?:=|[:：]|\bis\b|[是为])\s*"
    r"(?P<value>[A-Za-z0-9+/_.~-]{20,200}={0,2})(?![\w(\[])"
)
_NAMED_KEY = r"[A-Z0-9]_(?:KEY|PAT)[\"']?\s*[:=]\s*[\"']?(?P<value>[A-Za-z0-9+/_-]{32,200}={0,2})(?![\w(\[])"
_HANDED = (
    r"(?i)(?:client|log_?in|auth\w*|set_?api_?key)\((?:\s*\w+\s*=)?\s*"
    r"(?P<q>[\"'])(?P<value>[\w-]{32,200})(?P=q)"
)
_IN_QUERY = (
    r"(?i)[?&](?:app_?id|[a-z_-]{0,14}(?:key|token|secret)|signature)=(?P<value>[\w.~%-]{16,200})(?![\w({\[])"
)
_SENT = (
    r"(?i)(?:\bbearer|\bbasic|\bssws|\btoken|x-api-key[\"']?:)\s+[\"']?"
    r"(?P<value>[A-Za-z0-9+/_.~-]{20,}={0,2})(?![\w(])"
)

ASSIGNED: tuple[Family, ...] = (
    Family(
        r"(?:bearer|basic|ssws|token|x-api-key.{0,3}:)\s+[\\\"']{0,3}[a-z0-9+/_.~-]{20}",
        (Form("authorization", "KEY", shaped(_SENT, looks_random)),),
    ),
    Family(
        r"(?:key|secret|token|credential|authorization|_pat|密钥|秘钥|令牌)[\w.\\\"'\]-]{0,24}\s*(?:[:=,：是为]|\bis\b)[=>:]?"
        r"\s*[rbuf]?[\\\"'`]{0,3}[^\s\"'`]{16}"
        r"|(?:client|log_?in|auth|key)\([\w\s=]*[\\\"']+[\w-]{16}|[?&]app_?id=|auth[\\\"']+\s*[:=]",
        (
            Form(
                "assigned_key",
                "KEY",
                either(
                    shaped(_KEY_QUOTED, looks_random),
                    shaped(_KEY_BARE, looks_random),
                    shaped(_NAMED_KEY, looks_drawn),
                    shaped(_HANDED, looks_drawn),
                    shaped(_IN_QUERY, looks_drawn),
                ),
            ),
        ),
    ),
)
