"""Links that let somebody in once, sessions that end, and accounts of which nothing is left once they are forgotten."""

import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.ledger.keys import IDLE, LINK_LIFE, SESSION_LIFE, Account, Keys, Revoked
from pipeline.ledger.place import LedgerPlace

LI = "ann-11111111"
AN = "ann-22222222"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[LedgerPlace]:
    made = LedgerPlace(tmp_path)
    yield made
    made.close()


@pytest.fixture
def keys(place: LedgerPlace, clock: Clock) -> Keys:
    return Keys(place, clock)


def come_in(keys: Keys, annotator: str = LI) -> str:
    """Come in by a new link; the cookie."""
    entered = keys.enter(keys.link(annotator), "annotator")
    assert entered is not None
    return entered[0]


def everything(folder: Path) -> bytes:
    """All bytes of a ledger."""
    return b"".join(path.read_bytes() for path in (folder / ".headrace").glob("door.*"))


def test_a_link_lets_in_whom_it_was_made_for_and_only_once(keys: Keys) -> None:
    token = keys.link(LI)
    assert keys.whose(token) == LI
    assert keys.whose(token) == LI  # looking uses nothing up
    entered = keys.enter(token, "annotator")
    assert entered is not None
    assert entered[1].annotator == LI
    assert keys.enter(token, "annotator") is None
    assert keys.whose(token) is None


def test_of_many_who_press_at_once_one_comes_in(keys: Keys) -> None:
    token, barrier = keys.link(LI), threading.Barrier(8)

    def press() -> bool:
        barrier.wait()
        return keys.enter(token, "annotator") is not None

    with ThreadPoolExecutor(8) as pool:
        came = [one.result() for one in [pool.submit(press) for _ in range(8)]]
    assert sum(came) == 1


@pytest.mark.parametrize(
    "mar",
    ["", ".", "{0[1]}", "{0}=", "{0} ", "x{0}", "{mark}", "{mark}.", ".{signature}", "ü.\ud800", "{0}.{0}"],
)
def test_a_token_that_was_tampered_with_is_none_of_ours(keys: Keys, mar: str) -> None:
    token = keys.link(LI)
    mark, _, signature = token.partition(".")
    marred = mar.format(token, mark=mark, signature=signature)
    assert keys.whose(marred) is None
    assert keys.enter(marred, "annotator") is None


def test_a_link_of_another_project_is_none_of_ours(keys: Keys, tmp_path: Path) -> None:
    place = LedgerPlace(tmp_path / "other")
    try:
        assert keys.whose(Keys(place).link(LI)) is None
    finally:
        place.close()


def test_a_link_that_nobody_used_is_too_old_one_day(keys: Keys, clock: Clock) -> None:
    token = keys.link(LI)
    clock.move(LINK_LIFE - timedelta(seconds=1))
    assert keys.whose(token) == LI
    clock.move(timedelta(seconds=1))
    assert keys.whose(token) is None
    assert keys.enter(token, "annotator") is None


def test_a_session_goes_on_as_long_as_there_are_calls(keys: Keys, clock: Clock) -> None:
    cookie = come_in(keys)
    for _ in range(3):
        clock.move(IDLE - timedelta(minutes=1))
        assert keys.session(cookie) is not None
    clock.move(IDLE)
    assert keys.session(cookie) is None


def test_no_session_lasts_for_ever(keys: Keys, clock: Clock) -> None:
    cookie, began = come_in(keys), clock.now
    while keys.session(cookie) is not None:
        clock.move(timedelta(hours=6))
        assert clock.now - began <= SESSION_LIFE
    assert clock.now - began == SESSION_LIFE


def test_a_session_is_over_when_it_is_left(keys: Keys) -> None:
    mine, other = come_in(keys), come_in(keys)
    keys.leave(mine)
    keys.leave(mine)
    assert keys.session(mine) is None
    assert keys.session(other) is not None


def test_what_is_revoked_is_over_at_once_and_nobody_elses_is(keys: Keys) -> None:
    link, cookie = keys.link(LI), come_in(keys)
    others_link, others_cookie = keys.link(AN), come_in(keys, AN)
    assert keys.revoke([LI]) == Revoked(links=1, sessions=1)
    assert keys.whose(link) is None
    assert keys.session(cookie) is None
    assert keys.whose(others_link) == AN
    assert keys.session(others_cookie) is not None
    assert keys.revoke([LI]) == Revoked(links=0, sessions=0)


def test_another_process_knows_it_at_once_too(keys: Keys, tmp_path: Path, clock: Clock) -> None:
    cookie = come_in(keys)
    place = LedgerPlace(tmp_path)
    try:
        other = Keys(place, clock)
        assert other.session(cookie) is not None
        keys.revoke([LI])
        assert other.session(cookie) is None
    finally:
        place.close()


def test_the_ledger_holds_no_secret_but_passwords_and_is_for_its_owner_alone(
    keys: Keys, tmp_path: Path
) -> None:
    token = keys.link(LI)
    cookie = come_in(keys)
    keys.keep(Account(annotator=LI, email="li@vendor.example", password="the password", person_id=7))
    held = everything(tmp_path)
    assert b"the password" in held
    for secret in (token, token.partition(".")[0], cookie, keys.form_token(cookie)):
        assert secret.encode() not in held
    files = list((tmp_path / ".headrace").iterdir())
    assert len(files) >= 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_secrets_are_not_shown() -> None:
    assert "secret" not in repr(Account(annotator=LI, email="li@x", password="secret", person_id=1))


def test_a_form_of_one_session_is_none_of_another(keys: Keys) -> None:
    mine, other = come_in(keys), come_in(keys)
    assert keys.form_token(mine) == keys.form_token(mine)
    assert keys.form_token(mine) != keys.form_token(other)


def test_an_account_is_found_by_its_address_whatever_the_case(keys: Keys) -> None:
    first = Account(
        annotator="pending li@vendor.example", email="Li@vendor.example", password="1", person_id=None
    )
    keys.keep(first)
    assert keys.account_of("LI@VENDOR.example") == first
    made = Account(annotator=LI, email="li@vendor.example", password="2", person_id=7)
    keys.keep(made)  # in the place of the one that was on its way
    assert keys.account(LI) == made
    assert keys.account(first.annotator) is None
    assert keys.account_of("an@vendor.example") is None


def test_of_who_is_forgotten_no_byte_is_left_that_leads_to_a_name(keys: Keys, tmp_path: Path) -> None:
    for annotator, name in ((LI, "li"), (AN, "an")):
        keys.keep(
            Account(annotator=annotator, email=f"{name}@vendor.example", password=f"{name}-s", person_id=7)
        )
    link, cookie = keys.link(LI), come_in(keys)
    keys.forget([LI])
    assert keys.account(LI) is None
    assert keys.whose(link) is None
    assert keys.session(cookie) is None
    held = everything(tmp_path)
    assert b"an@vendor.example" in held
    assert b"li@vendor.example" not in held
    assert b"li-s" not in held
