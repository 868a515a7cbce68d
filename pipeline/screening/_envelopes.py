"""Secrets in an envelope that says what they are: private keys as files, and signed tokens."""

from pipeline.screening._forms import Family, Form, shaped
from pipeline.screening._guessing import is_written_out

_EDGE = r"(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
_CUT_OFF = r"(?:\s|\\n)+[A-Za-z0-9+/=]{16,}(?:(?:\s|\\n)+[A-Za-z0-9+/=]{40,})*"
_FILE = rf"-----BEGIN {_EDGE}(?:[\s\S]{{20,12000}}?-----END {_EDGE}|{_CUT_OFF})"
"""Whole, or cut off in its midst; the first line alone tells nothing."""
_PUTTY = r"PuTTY-User-Key-File-\d: [\s\S]{100,6000}?Private-MAC: [0-9a-f]{40,64}"
_AGE = r"AGE-SECRET-KEY-1[0-9A-Z]{58}"
_TOKEN = r"(?<![\w-])eyJ[\w-]{8,}\.(?:eyJ[\w-]{8,})?\.[\w-]{16,}"  # noqa: S105 - what tokens look like

ENVELOPES: tuple[Family, ...] = (
    Family(
        "private key|putty-user-key-file|age-secret-key-",
        (
            Form("private_key", "PRIVATE_KEY", shaped(_FILE, is_written_out)),
            Form("putty_key", "PRIVATE_KEY", shaped(_PUTTY)),
            Form("age_key", "PRIVATE_KEY", shaped(_AGE, is_written_out)),
        ),
    ),
    Family(r"eyj[\w-]{8}", (Form("json_web_token", "KEY", shaped(_TOKEN)),)),
)
