"""One request to Label Studio: the SDK's own HTTP layer, and each way it can fail as one line.

`from label_studio_sdk import LabelStudio` loads pandas, OpenCV and lxml, three seconds of work. Its HTTP layer
does not, and holds what matters here: both kinds of token, and retries that can be turned off.
"""

import json
import weakref
from collections.abc import Mapping
from typing import Any, TypeAlias

import httpx
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.core.client_wrapper import SyncClientWrapper

from pipeline.label_studio.outside import TOKEN_VARIABLE, URL_VARIABLE
from schemas.errors import (
    LabelStudioError,
    LabelStudioGone,
    LabelStudioInDoubt,
    LabelStudioRefused,
    LabelStudioUnreachable,
)

Params: TypeAlias = Mapping[str, str | int]

_AGAIN = "run the command again: what has arrived is not sent twice"
_CHANGED = "see in Label Studio whether somebody changed or deleted it"
_GATEWAY = frozenset({502, 503, 504})
_TIMED_OUT = (httpx.ReadTimeout, httpx.WriteTimeout)
_DROPPED = (httpx.ReadError, httpx.WriteError, httpx.CloseError, httpx.RemoteProtocolError)


class ServerFailed(LabelStudioRefused):
    """The server broke down over this request (500): one task that it cannot read is enough for that."""


class Transport:
    """Asks Label Studio and returns its JSON; a read is tried twice, a write never."""

    def __init__(self, url: str, token: str, timeout: float) -> None:
        self.address = _checked_address(url)
        self._timeout = timeout
        # No redirects: they would turn a POST into a GET. No proxy stands between us and this machine.
        http = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, 10)),
            mounts={"all://127.0.0.1": None, "all://localhost": None},
        )
        weakref.finalize(self, http.close)
        try:
            self._sdk = SyncClientWrapper(
                api_key=_checked_token(token), base_url=f"{self.address}/", httpx_client=http
            )
        except ApiError as error:  # a personal access token past its date
            raise self._refusal(error.status_code or 401, error.body) from error

    def read(self, path: str, params: Params | None = None, *, retries: int = 1) -> Any:  # noqa: ANN401 - JSON
        """GET, once more where it fails."""
        return self._ask("GET", path, params, retries=retries)

    def write(self, method: str, path: str, body: object = None, params: Params | None = None) -> Any:  # noqa: ANN401 - JSON
        """POST, PATCH or DELETE, once. Raises LabelStudioInDoubt where it may have been done all the same.

        A body in bytes is JSON already.
        """
        # the SDK would walk through the whole body, value by value, before it encodes it
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        return self._ask(method, path, params, retries=0, content=body)

    def _ask(
        self, method: str, path: str, params: Params | None, *, retries: int, content: bytes | None = None
    ) -> Any:  # noqa: ANN401 - any JSON
        try:
            response = self._sdk.httpx_client.request(
                path,
                method=method,
                params=dict(params or {}),
                content=content,
                headers={"content-type": "application/json"} if content is not None else None,
                request_options={"max_retries": retries},
            )
        except httpx.HTTPError as error:
            raise self._unreachable(error, writing=method != "GET") from error
        except ApiError as error:  # the exchange of a personal access token
            raise self._refusal(error.status_code or 401, error.body) from error
        except ValueError as error:  # the same, answered by something else than Label Studio
            raise self._not_json(str(error)) from error
        return self._answer(response, writing=method != "GET")

    def _answer(self, response: httpx.Response, *, writing: bool) -> Any:  # noqa: ANN401 - any JSON
        if response.status_code == httpx.codes.NO_CONTENT:
            return None
        try:
            body = response.json()
        except (ValueError, RecursionError):
            body = None
        if not response.is_success:
            raise self._refusal(
                response.status_code, body, response.headers.get("location", ""), writing=writing
            )
        if body is None:
            raise self._not_json(response.headers.get("content-type", "no content type"), writing=writing)
        return body

    def _unreachable(self, error: httpx.HTTPError, *, writing: bool) -> LabelStudioError:
        """Only what got through to the server can have been done: no connection, no doubt."""
        lost = isinstance(error, (*_TIMED_OUT, *_DROPPED, httpx.DecodingError))
        mend = _AGAIN if lost else f"start it with `headrace up`, or correct {URL_VARIABLE}"
        if isinstance(error, _TIMED_OUT):
            found = f"none within {self._timeout:g} s"
        elif isinstance(error, _DROPPED):
            found = "a dropped connection"
        elif isinstance(error, httpx.ConnectTimeout):
            found = "that it cannot be reached in time"
        else:
            found = one_line(error) or type(error).__name__
        kind = LabelStudioInDoubt if lost and writing else LabelStudioUnreachable
        return kind(f"{self}: expected an answer, found {found}; {mend}")

    def _refusal(
        self, status: int, body: object, location: str = "", *, writing: bool = False
    ) -> LabelStudioError:
        found = f"{status} {_detail(body)}".strip()
        if status >= 500:  # noqa: PLR2004 - as HTTP counts
            return self._failure(status, found, writing=writing)
        if location:
            return LabelStudioRefused(
                f"{self}: expected an answer, found a redirect to {location!r}; set {URL_VARIABLE} to where it leads"
            )
        if status in {401, 403}:
            return LabelStudioRefused(
                f"{self}: expected the token to be accepted, found {found}; "
                f"set {TOKEN_VARIABLE} to a token of its Account & Settings page"
            )
        # a 404 in JSON is Label Studio's own word; in anything else, something else stands at the address
        gone = status == httpx.codes.NOT_FOUND and isinstance(body, dict)
        kind = LabelStudioGone if gone else LabelStudioRefused
        return kind(f"{self}: expected the request to be accepted, found {found}; {_CHANGED}")

    def _failure(self, status: int, found: str, *, writing: bool) -> LabelStudioError:
        """The server, or the gateway before it, broke down: how far it came, nobody knows."""
        if status in _GATEWAY:
            kind: type[LabelStudioError] = LabelStudioInDoubt if writing else LabelStudioUnreachable
            return kind(f"{self}: expected an answer, found {found} from a gateway; {_AGAIN}")
        kind = LabelStudioInDoubt if writing else ServerFailed
        return kind(f"{self}: expected an answer, found {found}; look into the server's log")

    def _not_json(self, found: str, *, writing: bool = False) -> LabelStudioError:
        kind = LabelStudioInDoubt if writing else LabelStudioRefused
        return kind(
            f"{self}: expected JSON, found {one_line(found)}; set {URL_VARIABLE} to the address of Label Studio itself"
        )

    def __str__(self) -> str:
        return f"Label Studio at {self.address!r}"


def one_line(text: object) -> str:
    """Text of somebody else's, fit to stand in a message."""
    return " ".join(str(text).split())[:200]


def _detail(body: object) -> str:
    """What an answer says of itself: Label Studio's detail and the fields it complains of."""
    if not isinstance(body, dict):
        return ""
    fields = body.get("validation_errors")
    return one_line(f"{body.get('detail') or ''} {fields or ''}")


def _checked_address(url: str) -> str:
    try:
        parsed = httpx.URL(url.strip())
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise LabelStudioRefused(
            f"Label Studio's address: expected http://… or https://…, found {url!r}; correct {URL_VARIABLE}"
        )
    return str(parsed.copy_with(query=None, fragment=None)).rstrip("/")


def _checked_token(token: str) -> str:
    stripped = token.strip()
    if not stripped or not stripped.isascii() or not stripped.isprintable():
        raise LabelStudioRefused(
            "Label Studio's token: expected letters, digits and signs on one line, found something else; "
            f"set {TOKEN_VARIABLE}"
        )
    return stripped
