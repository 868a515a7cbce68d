"""Who may come in by the door: personal links, the sessions they were exchanged for, and accounts in Label Studio.

Of links and sessions only hashes are kept. A link is random and signed, so that a guess never reaches the ledger.
"""

import base64
import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

from pydantic import Field

from pipeline.ledger.place import LedgerPlace, text_of
from schemas.base import Frozen
from schemas.people import Role

LINK_LIFE = timedelta(days=30)
"""How long a link waits for its first use, which is its last."""
IDLE = timedelta(hours=12)
"""How long a session lasts without a call."""
SESSION_LIFE = timedelta(days=30)
"""How long it lasts at most."""
SEEN_AGAIN = timedelta(minutes=1)
"""How often a session's last call is written down."""


class Session(Frozen):
    """A browser that somebody came in with."""

    hash: str
    annotator: str
    role: Role
    """As it was when they came in; what they may do now, the project says."""
    made_at: datetime
    seen_at: datetime
    expires_at: datetime


class Account(Frozen):
    """The guard's own way into somebody's account in Label Studio: the one secret that is kept in clear."""

    annotator: str
    email: str
    password: str = Field(repr=False)
    person_id: int | None
    """Label Studio's id; None while the account is on its way."""


class Revoked(Frozen):
    """What was open of somebody, and is not any more."""

    links: int
    sessions: int


class Keys:
    """Links, sessions and accounts of one project. Safe between threads and processes."""

    def __init__(
        self, ledger: LedgerPlace, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._ledger, self._clock = ledger, clock
        self._key = ledger.key()

    def link(self, annotator: str, life: timedelta = LINK_LIFE) -> str:
        """A new link's token for somebody; it is shown once, here."""
        mark = secrets.token_urlsafe(24)
        token = f"{mark}.{self._sign('link', mark)}"
        now = self._clock()
        with self._ledger.writing() as rows:
            rows.execute(
                "INSERT INTO links (hash, annotator, made_at, expires_at) VALUES (?, ?, ?, ?)",
                [_hash(token), annotator, text_of(now), text_of(now + life)],
            )
        return token

    def whose(self, token: str) -> str | None:
        """Whom a link lets in; None where it is none of ours, used, revoked or too old. Uses nothing up."""
        if not self._is_signed(token):
            return None
        with self._ledger.reading() as rows:
            return _open_link(rows, token, self._clock())

    def enter(self, token: str, role: Role) -> tuple[str, Session] | None:
        """Exchange a link for a session: its cookie and itself; None where the link is not good (any more).

        Of two who try at once one comes in.
        """
        if not self._is_signed(token):
            return None
        now, cookie = self._clock(), secrets.token_urlsafe(32)
        with self._ledger.writing() as rows:
            annotator = _open_link(rows, token, now)
            if annotator is None:
                return None
            made = Session(
                hash=_hash(cookie),
                annotator=annotator,
                role=role,
                made_at=now,
                seen_at=now,
                expires_at=now + IDLE,
            )
            rows.execute("UPDATE links SET used_at = ? WHERE hash = ?", [text_of(now), _hash(token)])
            rows.execute(
                "INSERT INTO sessions (hash, annotator, role, made_at, seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
                [made.hash, annotator, role, text_of(now), text_of(now), text_of(made.expires_at)],
            )
        return cookie, made

    def session(self, cookie: str) -> Session | None:
        """The session of a cookie; None where there is none, or not any more. A call keeps it alive."""
        if not cookie:
            return None
        now = self._clock()
        with self._ledger.reading() as rows:
            found = _open_session(rows, _hash(cookie), now)
        if found is None or now - found.seen_at < SEEN_AGAIN:
            return found
        until = min(now + IDLE, found.made_at + SESSION_LIFE)
        with self._ledger.writing() as rows:
            rows.execute(
                "UPDATE sessions SET seen_at = ?, expires_at = ? WHERE hash = ? AND ended_at IS NULL",
                [text_of(now), text_of(until), found.hash],
            )
        return found.replace(seen_at=now, expires_at=until)

    def leave(self, cookie: str) -> None:
        """End a session; one that is over already is none to worry about."""
        with self._ledger.writing() as rows:
            rows.execute(
                "UPDATE sessions SET ended_at = ? WHERE hash = ? AND ended_at IS NULL",
                [text_of(self._clock()), _hash(cookie)],
            )

    def revoke(self, annotators: Collection[str]) -> Revoked:
        """End all links and sessions of somebody, under each of their pseudonyms, at once."""
        now = text_of(self._clock())
        links = sessions = 0
        with self._ledger.writing() as rows:
            for one in annotators:
                links += rows.execute(
                    "UPDATE links SET revoked_at = :now WHERE annotator = :one AND revoked_at IS NULL "
                    "AND used_at IS NULL AND expires_at > :now",
                    {"now": now, "one": one},
                ).rowcount
                sessions += rows.execute(
                    "UPDATE sessions SET ended_at = :now WHERE annotator = :one AND ended_at IS NULL "
                    "AND expires_at > :now",
                    {"now": now, "one": one},
                ).rowcount
        return Revoked(links=links, sessions=sessions)

    def revoke_all(self) -> None:
        """End all links and sessions of everybody."""
        now = text_of(self._clock())
        with self._ledger.writing() as rows:
            rows.execute(
                "UPDATE links SET revoked_at = ? WHERE used_at IS NULL AND revoked_at IS NULL", [now]
            )
            rows.execute("UPDATE sessions SET ended_at = ? WHERE ended_at IS NULL", [now])

    def form_token(self, cookie: str) -> str:
        """What a form of ours must bring along: known to nobody but who has the session."""
        return self._sign("form", cookie)

    def account(self, annotator: str) -> Account | None:
        """Somebody's account, by their pseudonym."""
        return self._account("annotator = ?", annotator)

    def account_of(self, email: str) -> Account | None:
        """The same by the mail address, in upper or lower case."""
        return self._account("email = ? COLLATE NOCASE", email)

    def keep(self, account: Account) -> None:
        """Put an account on record, in the place of the one before with that address."""
        with self._ledger.writing() as rows:
            rows.execute(
                "DELETE FROM accounts WHERE annotator = ? OR email = ? COLLATE NOCASE",
                [account.annotator, account.email],
            )
            rows.execute(
                "INSERT INTO accounts (annotator, email, password, person_id) VALUES (?, ?, ?, ?)",
                [account.annotator, account.email, account.password, account.person_id],
            )

    def forget(self, annotators: Collection[str]) -> None:
        """Leave nothing of somebody that leads to a name: links, sessions and the account are deleted, byte by byte."""
        with self._ledger.reading() as rows:
            rows.execute("PRAGMA secure_delete = ON")
        with self._ledger.writing() as rows:
            for table in ("links", "sessions", "accounts"):
                rows.executemany(f"DELETE FROM {table} WHERE annotator = ?", [[one] for one in annotators])  # noqa: S608 - ours
        with self._ledger.reading() as rows:
            rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what the log of changes still holds

    def _account(self, where: str, value: str) -> Account | None:
        with self._ledger.reading() as rows:
            found = rows.execute(
                f"SELECT annotator, email, password, person_id FROM accounts WHERE {where}",  # noqa: S608 - ours
                [value],
            ).fetchone()
        return None if found is None else Account.model_validate(dict(found))

    def _is_signed(self, token: str) -> bool:
        mark, _, signature = token.partition(".")
        return hmac.compare_digest(_bytes(signature), _bytes(self._sign("link", mark)))

    def _sign(self, purpose: str, text: str) -> str:
        said = _bytes(f"{purpose}:{text}")
        return base64.urlsafe_b64encode(hmac.digest(self._key, said, "sha256")[:18]).decode()


def _open_link(rows: sqlite3.Connection, token: str, now: datetime) -> str | None:
    found = rows.execute(
        "SELECT annotator FROM links WHERE hash = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?",
        [_hash(token), text_of(now)],
    ).fetchone()
    return None if found is None else str(found[0])


def _open_session(rows: sqlite3.Connection, hash_: str, now: datetime) -> Session | None:
    found = rows.execute(
        "SELECT hash, annotator, role, made_at, seen_at, expires_at FROM sessions "
        "WHERE hash = ? AND ended_at IS NULL AND expires_at > ?",
        [hash_, text_of(now)],
    ).fetchone()
    return None if found is None else Session.model_validate(dict(found))


def _hash(secret: str) -> str:
    """The secrets are random and long: a plain hash is as good as a slow one."""
    return hashlib.sha256(_bytes(secret)).hexdigest()


def _bytes(text: str) -> bytes:
    """A text as bytes, whatever somebody put into it."""
    return text.encode("utf-8", "surrogatepass")
