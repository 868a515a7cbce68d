"""An alert posted to an address that the environment names; the address is a secret, and nothing repeats it."""

import ipaddress
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from schemas.errors import ProjectError
from schemas.snapshots import AlertFact

VARIABLE = "HEADRACE_WEBHOOK"
SECONDS = 10.0
"""Until an answer must have come."""
PAUSES = (1.0, 3.0)
"""Seconds before it is tried a second time, and a third."""


@dataclass(frozen=True)
class Webhook:
    """Where alerts are posted to; shown, it says nothing of where that is."""

    _url: str

    def __repr__(self) -> str:
        return f"Webhook(from {VARIABLE})"

    def post(self, content: Mapping[str, Any], pause: Callable[[float], None] = time.sleep) -> str | None:
        """Post one JSON object, in three tries; None where it was taken, else why not, in a few words."""
        failed: str | None = None
        for seconds in (*PAUSES, None):
            failed = self._try(content)
            if failed is None or seconds is None:
                break
            pause(seconds)
        return failed

    def _try(self, content: Mapping[str, Any]) -> str | None:
        import httpx

        try:
            # no redirects: what is sent is for this address alone
            answer = httpx.post(self._url, json=content, timeout=SECONDS, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            return type(error).__name__  # its text may hold the address
        return None if answer.is_success else f"status {answer.status_code}"


def from_environment() -> Webhook | None:
    """The one that HEADRACE_WEBHOOK names; None without it, ProjectError where it is no safe address."""
    url = os.environ.get(VARIABLE)
    if not url:
        return None
    if not _is_safe(url):
        raise ProjectError(
            f"{VARIABLE}: an https:// address was expected (http:// only on this machine), found another; mend it"
        )
    return Webhook(url)


def content_of(alert: AlertFact, project: str, sentence: str) -> dict[str, Any]:
    """What is posted; chat servers that take incoming webhooks show `text`."""
    return {
        "text": f"{project}: {alert.said}",
        "project": project,
        "kind": alert.kind,
        "subject": alert.subject,
        "said": alert.said,
        "sentence": sentence,
        "raised_at": alert.raised_at.isoformat(),
    }


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts)))


def _is_here(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
