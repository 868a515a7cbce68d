"""A Label Studio that runs elsewhere: the environment names it, and holds its token."""

import os
from urllib.parse import urlsplit

from schemas.errors import LabelStudioError

URL_VARIABLE = "HEADRACE_LABEL_STUDIO_URL"
TOKEN_VARIABLE = "HEADRACE_LABEL_STUDIO_TOKEN"  # noqa: S105 - the variable's name


def address() -> str | None:
    """The address that the environment names, without a slash at the end; None where it names none.

    Raises LabelStudioError for one that holds a password: an address is shown and kept, a secret is not.
    """
    url = os.environ.get(URL_VARIABLE)
    if not url:
        return None
    if "@" in urlsplit(url).netloc:
        raise LabelStudioError(
            f"{URL_VARIABLE}: an address without a name or password was expected, one has them; "
            f"put the token into {TOKEN_VARIABLE}"
        )
    return url.rstrip("/")


def access() -> tuple[str, str] | None:
    """The address and the token; None where the environment names neither, LabelStudioError where one is missing."""
    url, token = address(), os.environ.get(TOKEN_VARIABLE)
    if url and token:
        return url, token
    if url or token:
        given, missing = (URL_VARIABLE, TOKEN_VARIABLE) if url else (TOKEN_VARIABLE, URL_VARIABLE)
        raise LabelStudioError(
            f"Label Studio: {missing} should be set too, only {given} is; set both or neither"
        )
    return None


def version(url: str) -> str | None:
    """The version of the server there; None where nothing answers."""
    import httpx

    try:
        answer = httpx.get(f"{url}/api/version", timeout=3, follow_redirects=True)
        return str(answer.raise_for_status().json()["release"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return None
