"""Keys: each does one thing on a page, none is another's, and docs/keys.md says what they do.

`HEADRACE_UPDATE_DOCS=1 pytest tests/tasks/test_keys.py` writes docs/keys.md anew.
"""

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from tasks import AnyTaskType, _escape, task_types
from tasks._adjudication import SEND_BACK_KEY, Adjudication
from tasks._escape import Escapable
from tests.tasks.keying import OF_LABEL_STUDIO, keys_page, page_of, pages_of

PAGE = Path(__file__).parents[2] / "docs" / "keys.md"
FEWEST = 20
every = pytest.mark.parametrize("task_type", task_types().values(), ids=task_types())


def pressed(task_type: AnyTaskType) -> set[str]:
    """Every key of a full page, whatever the options."""
    return {key for page in pages_of(task_type) for one in page for key in one.keys}


@every
def test_a_key_does_one_thing_on_a_page(task_type: AnyTaskType) -> None:
    for page in pages_of(task_type):
        counts = Counter(key for one in page for key in one.keys)
        assert counts
        assert [key for key, count in counts.items() if count > 1] == []


@every
def test_no_key_is_one_of_label_studios_or_of_adjudication(task_type: AnyTaskType) -> None:
    assert not pressed(task_type) & {*OF_LABEL_STUDIO, SEND_BACK_KEY}


@every
def test_no_key_is_taken_by_browsers_or_keyboard_layouts(task_type: AnyTaskType) -> None:
    for key in pressed(task_type):
        assert re.fullmatch(r"[0-9a-z]|shift\+[a-z]", key), key


@every
def test_the_ways_out_have_their_own_keys(task_type: AnyTaskType) -> None:
    for page in pages_of(task_type):
        found = {one.says: one.keys for one in page if one.control == "escape"}
        wanted = {kind: (key,) for kind, key in _escape.KEYS.items()}
        assert found == (wanted if issubclass(task_type.label, Escapable) else {})


@every
def test_every_choice_has_a_key_or_says_that_it_has_none(task_type: AnyTaskType) -> None:
    """Label Studio would give it one of its own choosing, which may be another's."""
    config, data = page_of(task_type, {})
    told = [one for one in re.findall(r"<(?:Choice|Label) [^>]*>", config) if "hotkey=" not in one]
    assert told == []
    filled = [one for value in data.values() if isinstance(value, list) for one in value if "alias" in one]
    assert all(one.get("hotkey") for one in filled)


@every
def test_a_page_has_twenty_keys_before_anything_must_be_clicked(task_type: AnyTaskType) -> None:
    """But for lines of code, which are pointed at."""
    for page in pages_of(task_type):
        without = [one for one in page if not one.keys and one.control != "lines"]
        assert not without or sum(bool(one.keys) for one in page) >= FEWEST


@every
def test_adjudication_adds_a_key_and_takes_none(task_type: AnyTaskType) -> None:
    config = Adjudication(task_type).config()
    assert f'hotkey="{SEND_BACK_KEY}"' in config
    assert SEND_BACK_KEY not in pressed(task_type)


@pytest.mark.skipif(not PAGE.parent.is_dir(), reason="an installed wheel comes without the documentation")
def test_the_page_of_keys_is_what_the_code_says() -> None:
    if os.environ.get("HEADRACE_UPDATE_DOCS"):
        PAGE.write_text(keys_page(), encoding="utf-8")
    stale = "stale; HEADRACE_UPDATE_DOCS=1 pytest tests/tasks/test_keys.py"
    assert PAGE.read_text(encoding="utf-8") == keys_page(), stale
