"""Accounts in Label Studio, made the way people make theirs.

Its API can create users, but none who can log in; the invite link's form can.
"""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from schemas.errors import LabelStudioRefused, LabelStudioUnreachable

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_COMPLAINT = re.compile(r'<ul class="field_errors">\s*<li>(.*?)</li>|<p class="error">(.*?)</p>', re.DOTALL)


def invite_link(url: str, token: str) -> str:
    """The full address at which somebody makes an account of their own."""
    with _session(url) as http:
        answer = _answer(http.get("api/invite", headers=_authorization(http, token)), "the invite link")
        return f"{url.rstrip('/')}/user/signup/?token={_token_in(answer['invite_url'])}"


def sign_up(
    url: str, invite: str, email: str, password: str, first_name: str = "", last_name: str = ""
) -> str:
    """Make an account by an invite link, or its path, and give its API token.

    Raises LabelStudioRefused where the link is no longer good, the address is taken, or the password is too short.
    """
    form = f"user/signup/?token={_token_in(invite)}"
    with _session(url) as http:
        _submit(
            http,
            form,
            {"email": email, "password": password, "allow_newsletters": "false"},
            f"account {email!r}",
        )
        token = _token(http)
        if first_name or last_name:
            _name(http, token, first_name, last_name)
        return token


def log_in(url: str, email: str, password: str) -> str:
    """The API token of an account that exists. Raises LabelStudioRefused where the password is another."""
    with _session(url) as http:
        _submit(http, "user/login/", {"email": email, "password": password}, f"login of {email!r}")
        return _token(http)


def opens(url: str, email: str, password: str) -> bool:
    """Whether a password lets somebody in; makes no token."""
    with _session(url) as http:
        try:
            _submit(http, "user/login/", {"email": email, "password": password}, f"login of {email!r}")
        except LabelStudioRefused:
            return False
        return True


@contextmanager
def _session(url: str) -> Iterator[httpx.Client]:
    """A browser's session without the browser; a server on this machine is never asked through a proxy."""
    base = f"{url.rstrip('/')}/"
    try:
        through_proxy = urlsplit(url).hostname not in _LOOPBACK
        # Django wants to know, over https, that its form was sent from its own page
        with httpx.Client(
            base_url=base, timeout=60, trust_env=through_proxy, headers={"Referer": base}
        ) as http:
            yield http
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as error:
        raise LabelStudioUnreachable(
            f"Label Studio: {url!r} should be its address, {error}; correct it"
        ) from error
    except httpx.TransportError as error:
        raise LabelStudioUnreachable(
            f"Label Studio: should answer at {url}, {str(error) or type(error).__name__}; "
            "start it with: headrace up"
        ) from error


def _submit(http: httpx.Client, form: str, fields: dict[str, str], what: str) -> None:
    """Fill in one of Django's forms; the cookies that it gives are the session."""
    http.get(form)
    filled = {**fields, "csrfmiddlewaretoken": http.cookies.get("csrftoken", "")}
    answer = http.post(form, data=filled)
    if not answer.is_redirect:
        raise LabelStudioRefused(
            f"{what}: should be accepted, {_complaint(answer)}; correct that and try again"
        )


def _complaint(answer: httpx.Response) -> str:
    if answer.status_code == httpx.codes.FORBIDDEN:
        return "the invite link is not (any longer) good, a new one comes from: headrace up"
    said = (html.unescape(a or b).strip() for a, b in _COMPLAINT.findall(answer.text))
    return " ".join(said) or f"Label Studio answers {answer.status_code}"


def _token(http: httpx.Client) -> str:
    """A token for the account whose session this is: the plain one where the server still takes it."""
    plain = str(_answer(http.get("api/current-user/token"), "the token")["token"])
    # the session's cookies would let any token through
    known = httpx.get(
        http.base_url.join("api/current-user/whoami"),
        headers={"Authorization": f"Token {plain}"},
        timeout=http.timeout,
        trust_env=http.trust_env,
    )
    return (
        plain
        if known.is_success
        else str(_answer(http.post("api/token/"), "a personal access token")["token"])
    )


def _name(http: httpx.Client, token: str, first_name: str, last_name: str) -> None:
    headers = _authorization(http, token)
    person = _answer(http.get("api/current-user/whoami", headers=headers), "the account")["id"]
    names = {"first_name": first_name, "last_name": last_name}
    _answer(http.patch(f"api/users/{person}/", headers=headers, json=names), "the account's name")


def _authorization(http: httpx.Client, token: str) -> dict[str, str]:
    """The header for either kind of token; a personal access token is first changed for a short-lived one."""
    if token.count(".") != 2:  # noqa: PLR2004 - the two dots of a JWT
        return {"Authorization": f"Token {token}"}
    access = _answer(http.post("api/token/refresh", json={"refresh": token}), "the token")["access"]
    return {"Authorization": f"Bearer {access}"}


def _token_in(invite: str) -> str:
    found = parse_qs(urlsplit(invite).query).get("token")
    if not found:
        raise LabelStudioRefused(
            f"invite link {invite!r}: should end in ?token=…, does not; get one with: headrace up"
        )
    return found[0]


def _answer(response: httpx.Response, what: str) -> Any:  # noqa: ANN401 - any JSON
    if not response.is_success:
        raise LabelStudioRefused(
            f"{what}: Label Studio should give it, it answers {response.status_code}; check address and token"
        )
    try:
        return response.json()
    except ValueError as error:
        raise LabelStudioRefused(
            f"{what}: Label Studio should answer with JSON, something else does; check the address"
        ) from error
