"""The page on people shows what is printed."""

from pathlib import Path
from typing import Any

import pytest

from pipeline import opening
from pipeline.label_studio.fake import FakeLabelStudio
from tests.pipeline.documented import examples

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "people.md"
EMAIL = "li@vendor.example"
TYPED = {
    "add": ("li", "--email", EMAIL),
    "invite": (),
    "revoke": ("li",),
    "list": (),
    "show": ("li",),
    "pause": ("li", "--redo-since", "2026-01-01"),
    "resume": ("li",),
    "forget": ("li", "--yes"),
}

pytestmark = pytest.mark.skipif(
    not (PAGE.parents[2] / "pyproject.toml").is_file(),
    reason="an installed wheel comes without the documentation",
)


def keys(printed: dict[str, Any]) -> Any:
    """The keys of an object, and of the first object in each of its lists."""
    return {
        name: keys(value[0]) if isinstance(value, list) and value and isinstance(value[0], dict) else None
        for name, value in printed.items()
    }


def test_json_is_printed_as_documented(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = FakeLabelStudio()
    studio.person(EMAIL, "Li")
    monkeypatch.setattr(opening, "usual", lambda _: opening.Studio("fake", lambda: studio))
    shown = {command.removeprefix("people "): example for command, example in examples(PAGE).items()}
    assert shown.keys() == TYPED.keys()
    for command, words in TYPED.items():
        printed = folder.run("people", command, *words, "--json")
        assert printed.code == 0, printed.err
        assert keys(printed.json) == keys(shown[command]), command
