"""A personal link with the account behind it, at a Label Studio of which only the accounts are there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import opening
from pipeline.context import Context, Quiet
from pipeline.label_studio import outside
from pipeline.label_studio.client import connect
from pipeline.ledger import leases
from pipeline.ledger.keys import Account, Keys, Revoked
from pipeline.ledger.leases import Lease
from pipeline.ledger.place import LedgerPlace
from pipeline.ledger.state import Door
from pipeline.people import accounts
from pipeline.people.forgetting import forget
from pipeline.people.inviting import Invited, Wanted, invite, shut_out
from pipeline.people.whos_who import find
from pipeline.planning import pausing
from schemas.errors import LabelStudioError, LabelStudioRefused, UsageError
from schemas.facts import PersonFact
from schemas.project import Project, read_project
from tests.pipeline.people.account_server import AccountServer, serving
from tests.pipeline.tried import PROJECT

EMAIL = "li@vendor.example"
URL = "https://labels.example.org"
DOOR = Door(port=8800, label_studio="x", project="x", version="1", reached_by="web server", public_url=URL)
PEOPLE = """
[[people]]
name = "li"
email = "Li@vendor.example"

[[people]]
name = "nobody"
"""


class Office:
    """A project with its Label Studio and a ledger."""

    def __init__(self, folder: Path, server: AccountServer) -> None:
        self.folder, self.server = folder, server
        (folder / "project.toml").write_text(PROJECT + PEOPLE)
        self.studio = opening.Studio("embedded", lambda: connect(server.url, "plain"))
        self.ledger = LedgerPlace(folder)
        self.keys = Keys(self.ledger)
        self.told: list[str] = []

    @property
    def project(self) -> Project:
        return read_project(self.folder)

    @contextmanager
    def writing(self) -> Iterator[Context]:
        with opening.writing(self.folder, self.project, self.studio, "test", progress=Quiet()) as ctx:
            yield ctx

    def invite(self, name: str = "li", *, new: bool = False, password: str | None = None) -> Invited:
        with self.writing() as ctx:
            return invite(ctx, DOOR, name, Wanted(new=new, password=password), report=self.told.append)

    def people(self) -> list[PersonFact]:
        with self.writing() as ctx:
            return ctx.store.facts(PersonFact)

    def token(self, made: Invited) -> str:
        return made.link.removeprefix(f"{URL}/in/")

    def account(self) -> Account:
        found = self.keys.account_of(EMAIL)
        assert found is not None
        return found


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.delenv(outside.URL_VARIABLE, raising=False)
    with serving() as server:
        made = Office(tmp_path, server)
        yield made
        made.ledger.close()


def held(annotator: str) -> Lease:
    now = datetime.now(UTC)
    return Lease(
        uid="t", purpose="label", cell="en/preference_pair", task_type="preference_pair", version=1, attempt=1,
        project_id=1, remote_task_id=1, slot=1, annotator=annotator, served_at=now, expires_at=now, term=60.0,
        seen_at=now, swapped=False, simulated=False, why="{}",
    )  # fmt: skip


def test_who_is_invited_has_an_account_a_pseudonym_and_a_link(office: Office) -> None:
    made, account = office.invite(), office.account()
    (person,) = office.people()
    assert (account.annotator, account.person_id) == (person.annotator, person.person_id)
    assert office.server.passwords == {"Li@vendor.example": account.password}
    assert len(account.password) >= 32
    assert office.keys.whose(office.token(made)) == person.annotator
    assert not office.told


def test_the_letter_says_how_to_come_in_and_nothing_of_label_studio(office: Office) -> None:
    made = office.invite()
    for part in ("Hello li", "tried", made.link, f"{made.until:%d %B %Y}", f"{URL}/desk/"):
        assert part in made.text
    for part in ("password of your own", "signup", office.server.url, office.account().password):
        assert part not in made.text


def test_invited_again_one_may_come_in_with_another_browser_too(office: Office) -> None:
    first = office.invite()
    entered = office.keys.enter(office.token(first), "annotator")
    assert entered is not None
    unused, second = office.invite(), office.invite()
    assert len({first.link, unused.link, second.link}) == 3
    assert second.ended == Revoked(links=0, sessions=0)
    assert office.keys.session(entered[0]) is not None
    assert office.keys.whose(office.token(unused)) is not None
    assert office.server.submitted.count("/user/signup/") == 1


def test_a_new_link_ends_what_was_before(office: Office) -> None:
    first, unused = office.invite(), office.invite()
    entered = office.keys.enter(office.token(first), "annotator")
    assert entered is not None
    made = office.invite(new=True)
    assert made.ended == Revoked(links=1, sessions=1)
    assert office.keys.session(entered[0]) is None
    assert office.keys.whose(office.token(unused)) is None
    assert office.keys.whose(office.token(made)) is not None


def test_after_a_crash_between_the_account_and_its_record_the_password_is_still_known(office: Office) -> None:
    office.server.dies_after_sign_up = True
    with pytest.raises(LabelStudioError):
        office.invite()
    assert len(office.server.passwords) == 1  # it is there, and nobody was told
    office.server.dies_after_sign_up = False
    made = office.invite()
    assert office.server.passwords == {"Li@vendor.example": office.account().password}
    assert office.keys.whose(office.token(made)) == office.account().annotator
    assert not office.told  # no password had to be given anew


def test_an_account_that_was_there_is_given_a_password_that_the_door_alone_knows(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.server.passwords["LI@vendor.example"] = "a password of theirs"
    given = []

    def set_password(
        folder: Path, email: str, password: str
    ) -> str:  # runs in Label Studio's own environment
        given.append((folder, email))
        office.server.passwords[email] = password
        return email

    monkeypatch.setattr(accounts, "set_password", set_password)
    office.invite()
    assert given == [(office.folder, "LI@vendor.example")]
    assert office.server.passwords["LI@vendor.example"] == office.account().password != "a password of theirs"
    assert "was in Label Studio already" in office.told[0]
    assert office.server.submitted.count("/user/signup/") == 0


def test_elsewhere_one_line_says_what_to_do_and_a_password_file_helps(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.server.passwords["li@vendor.example"] = "a password of theirs"
    monkeypatch.setenv(outside.URL_VARIABLE, office.server.url)
    with pytest.raises(LabelStudioRefused, match=r"reset_password.*--password-file") as raised:
        office.invite()
    assert "\n" not in str(raised.value)
    with pytest.raises(LabelStudioRefused, match="expected the password given to open it"):
        office.invite(password="another one")
    made = office.invite(password="a password of theirs")
    assert office.account().password == "a password of theirs"
    assert office.keys.whose(office.token(made)) is not None


def test_where_no_account_can_be_made_one_line_says_so(office: Office) -> None:
    office.server.closed = True
    with pytest.raises(LabelStudioRefused) as raised:
        office.invite()
    assert "\n" not in str(raised.value)
    office.server.closed = False
    assert office.keys.whose(office.token(office.invite())) is not None


def test_who_cannot_come_is_not_invited(office: Office) -> None:
    for name in ("nobody", "lu"):
        with pytest.raises(UsageError):
            office.invite(name)
    office.invite()
    with office.writing() as ctx:
        pausing.pause(ctx, "li", None, "")
    with pytest.raises(UsageError, match="is paused; headrace people resume"):
        office.invite()
    with office.writing() as ctx:
        pausing.resume(ctx, "li")
    office.invite()
    (office.folder / "project.toml").write_text(
        PROJECT + '[[people]]\nname = "an"\nemail = "an@vendor.example"\n'
    )
    with pytest.raises(UsageError, match="somebody of the project was expected"):
        office.invite(EMAIL)


def test_shut_out_nothing_of_theirs_is_open_and_their_task_goes_to_others(office: Office) -> None:
    entered = office.keys.enter(office.token(office.invite()), "annotator")
    assert entered is not None
    unused, annotator = office.invite(), office.account().annotator
    with office.ledger.writing() as con:
        leases.serve(con, held(annotator))
    with office.writing() as ctx:
        somebody = find("li", ctx.project.people, ctx.store)
    assert shut_out(office.folder, somebody) == Revoked(links=1, sessions=1)
    assert office.keys.session(entered[0]) is None
    assert office.keys.whose(office.token(unused)) is None
    with office.ledger.reading() as con:
        assert leases.open_of(con, annotator) is None
    assert shut_out(office.folder, somebody) == Revoked(links=0, sessions=0)


def test_without_a_door_shutting_out_makes_no_ledger(tmp_path: Path) -> None:
    with serving() as server:
        office = Office(tmp_path, server)
        office.ledger.close()
        for path in (office.folder / ".headrace").glob("door.*"):
            path.unlink()
        with office.writing() as ctx:
            somebody = find("li", ctx.project.people, ctx.store)
        assert shut_out(office.folder, somebody) == Revoked(links=0, sessions=0)
        assert not list((office.folder / ".headrace").glob("door.*"))


def test_who_is_forgotten_is_out_and_the_ledger_knows_no_name(office: Office) -> None:
    entered = office.keys.enter(office.token(office.invite()), "annotator")
    assert entered is not None
    forget(office.folder, office.project, office.studio, "li", 10)
    assert office.keys.session(entered[0]) is None
    assert office.keys.account_of(EMAIL) is None
    held_bytes = b"".join(path.read_bytes() for path in (office.folder / ".headrace").glob("door.sqlite*"))
    assert b"vendor.example" not in held_bytes.lower()


def test_who_was_forgotten_is_not_invited_by_that_address(office: Office) -> None:
    office.invite()
    forget(office.folder, office.project, office.studio, "li", 10)
    (office.folder / "project.toml").write_text(PROJECT + PEOPLE)
    with pytest.raises(UsageError, match=r"was forgotten as ann-.*another address"):
        office.invite()
