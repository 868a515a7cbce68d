"""The token that stands before the live page, generated, or kept in a file that its owner alone can read."""

import os
import secrets
from pathlib import Path

from schemas.errors import UsageError

SHORTEST = 16
"""Letters that a token must have, so that nobody tries them all."""


def token_for(file: Path | None, *, is_needed: bool) -> str | None:
    """The token to ask for: that of the file, a new one where one is needed, or none."""
    if file is not None:
        return _kept(file)
    return secrets.token_urlsafe(32) if is_needed else None


def _kept(file: Path) -> str:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(file)
    except OSError as error:
        raise UsageError(
            f"{file}: should be writable for the token, is not ({error.strerror}); choose another"
        ) from None
    token = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(f"{token}\n")
    return token


def _read(file: Path) -> str:
    try:
        token = file.read_text(encoding="utf-8").strip()
        mode = file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: should hold a token, cannot be read ({error}); check it") from None
    if mode & 0o077:
        raise UsageError(f"{file}: should be readable by you alone, is for others too; run: chmod 600 {file}")
    if len(token) < SHORTEST or not token.isascii() or any(char.isspace() for char in token):
        raise UsageError(
            f"{file}: a token of {SHORTEST} or more letters without spaces was expected, found {len(token)}; "
            "remove the file, and serve makes another"
        )
    return token
