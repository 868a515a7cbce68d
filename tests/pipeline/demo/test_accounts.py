"""Accounts that demos from before there was a door kept on file."""

from pathlib import Path

import pytest

from pipeline.demo.accounts import ACCOUNTS, FILE, Account, older_passwords
from pipeline.demo.people import ADJUDICATOR, PEOPLE
from schemas.errors import ProjectError


def on_file(folder: Path, *accounts: Account) -> None:
    path = folder / ".headrace" / FILE
    path.parent.mkdir()
    path.write_bytes(ACCOUNTS.dump_json(list(accounts)))


def test_an_older_demos_people_come_in_with_the_accounts_they_have(tmp_path: Path) -> None:
    known = [
        Account(email=one.email, password=f"of {one.name}", token=f"token of {one.name}") for one in PEOPLE
    ]
    on_file(tmp_path, *known)
    assert older_passwords(tmp_path) == {one.email: f"of {one.name}" for one in PEOPLE}


def test_an_account_of_which_nobody_knows_that_it_was_made_is_none(tmp_path: Path) -> None:
    on_file(tmp_path, Account(email=ADJUDICATOR.email, password="never used"))
    assert older_passwords(tmp_path) == {}


def test_a_newer_demo_keeps_no_such_file(tmp_path: Path) -> None:
    assert older_passwords(tmp_path) == {}


def test_a_damaged_file_of_accounts_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".headrace").mkdir()
    (tmp_path / ".headrace" / FILE).write_text("[]]")
    with pytest.raises(ProjectError, match="accounts of the demo's people were expected") as refused:
        older_passwords(tmp_path)
    assert "\n" not in str(refused.value)
