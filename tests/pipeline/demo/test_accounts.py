"""The simulated people's accounts on file."""

from pathlib import Path

import pytest

from pipeline.demo.accounts import ACCOUNTS, FILE, Account, tokens
from pipeline.demo.people import ADJUDICATOR, EVERYBODY, PEOPLE, SimulatedPerson
from pipeline.label_studio.server import Server
from schemas.errors import HeadraceError, ProjectError

SERVER = Server(port=1, username="admin@headrace.localhost", password="a-password", token="a-token")


def on_file(folder: Path, *people: SimulatedPerson) -> Path:
    """The accounts of some people, made already."""
    known = [
        Account(email=person.email, password="secret", token=f"token of {person.name}") for person in people
    ]
    path = folder / ".headrace" / FILE
    path.parent.mkdir()
    path.write_bytes(ACCOUNTS.dump_json(known))
    return path


def test_accounts_on_file_are_used_without_asking_anybody(tmp_path: Path) -> None:
    on_file(tmp_path, *EVERYBODY)
    assert tokens(tmp_path, SERVER) == [f"token of {person.name}" for person in EVERYBODY]


def test_an_older_demos_six_accounts_are_kept_and_the_missing_one_is_made(tmp_path: Path) -> None:
    path = on_file(tmp_path, *PEOPLE)
    before = ACCOUNTS.validate_json(path.read_bytes())
    with pytest.raises(HeadraceError):
        tokens(tmp_path, SERVER)  # nothing answers at port 1, so the seventh cannot be made
    after = ACCOUNTS.validate_json(path.read_bytes())
    assert after[:6] == before
    assert [(account.email, account.token) for account in after[6:]] == [(ADJUDICATOR.email, None)]


def test_accounts_of_somebody_else_are_refused(tmp_path: Path) -> None:
    on_file(tmp_path, ADJUDICATOR, *PEOPLE)
    with pytest.raises(ProjectError, match="accounts of the demo's people were expected"):
        tokens(tmp_path, SERVER)


def test_a_damaged_file_of_accounts_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".headrace").mkdir()
    (tmp_path / ".headrace" / FILE).write_text("[]]")
    with pytest.raises(ProjectError, match="accounts of the demo's people were expected"):
        tokens(tmp_path, SERVER)


def test_passwords_are_on_file_before_an_account_is_made_and_for_their_owner_alone(tmp_path: Path) -> None:
    with pytest.raises(HeadraceError):
        tokens(tmp_path, SERVER)  # nothing answers at port 1
    path = tmp_path / ".headrace" / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    accounts = ACCOUNTS.validate_json(path.read_bytes())
    assert [account.email for account in accounts] == [person.email for person in EVERYBODY]
    assert len({account.password for account in accounts}) == 7
    assert all(account.token is None for account in accounts)
