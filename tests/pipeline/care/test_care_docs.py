"""The pages on the doctor and on backups name every check, and show what is printed."""

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.care.backup import Wanted, back_up
from pipeline.care.restore import restore
from pipeline.cli.care import of_a_backup, of_a_restore
from tests.pipeline.documented import examples

ROOT = Path(__file__).parents[3]
DOCTOR, BACKUP = ROOT / "docs/reference/doctor.md", ROOT / "docs/how-to/backup.md"

pytestmark = pytest.mark.skipif(
    not (ROOT / "pyproject.toml").is_file(), reason="an installed wheel comes without the documentation"
)


def test_every_check_is_described_and_no_other(patient: Any) -> None:
    page = DOCTOR.read_text(encoding="utf-8")
    graver, lighter = page.split("These are told, and are warnings at most")
    named = [re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for part in (graver, lighter)]
    checks = patient.examine().checks
    assert sorted(named[0]) == sorted(check.name for check in checks if not check.warning)
    assert sorted(named[1]) == sorted(check.name for check in checks if check.warning)


def test_the_doctors_json_is_as_shown(patient: Any) -> None:
    shown, printed = examples(DOCTOR)["doctor"], patient.examine().to_json()
    assert shown.keys() == printed.keys()
    assert shown["compared"].keys() == printed["compared"].keys()
    assert {tuple(check) for check in printed["checks"]} == {tuple(shown["checks"][0])}


def test_the_json_of_backups_is_as_shown(patient: Any, tmp_path: Path) -> None:
    made = back_up(patient.folder, patient.project, tmp_path / "kept", Wanted())
    printed = of_a_backup(tmp_path / "kept", made)
    shown = examples(BACKUP)["backup DIR"]
    assert shown.keys() == printed.keys()
    assert shown["store"].keys() == printed["store"].keys()
    done = restore(tmp_path / "other", tmp_path / "kept", force=False)
    assert examples(BACKUP)["restore DIR"].keys() == of_a_restore(tmp_path / "other", done).keys()
