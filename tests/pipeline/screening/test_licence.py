"""Licences: however they are written, one by one and in expressions, by default and for each data set."""

from typing import Any

import pytest

from pipeline.screening._licences import PERMISSIVE, spdx
from pipeline.screening.base import Found
from pipeline.screening.licence import LicenceOptions, screen
from pipeline.screening.subject import Subject
from tests.pipeline.screening.shards import record


def looked(license_: str | None, dataset: str | None = None, **options: Any) -> Found | None:
    made = record("How many?", license=license_, source={"dataset": dataset})
    subject = Subject(made.id, 0, made.model_dump_json(exclude_none=True))
    return screen.look(subject, LicenceOptions.model_validate(options), None)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("MIT", "mit"),
        ("The MIT License", "mit"),
        ("apache-2.0", "apache-2.0"),
        ("Apache License, Version 2.0", "apache-2.0"),
        ("Apache 2", "apache-2.0"),
        ("BSD 3-Clause License", "bsd-3-clause"),
        ("New BSD-3-Clause", "bsd-3-clause"),
        ("CC BY 4.0", "cc-by-4.0"),
        ("cc-by-sa-3.0", "cc-by-sa-3.0"),
        ("CC BY-NC 4.0", "cc-by-nc-4.0"),
        ("CC0", "cc0-1.0"),
        ("GPLv3", "gpl-3.0"),
        ("GPL-2.0-or-later", "gpl-2.0+"),
        ("gpl-3.0-only", "gpl-3.0"),
        ("LGPL v2.1", "lgpl-2.1"),
        ("ODC-By", "odc-by-1.0"),
        ("My Own Licence", "my-own-licence"),
    ],
)
def test_a_licence_is_known_however_it_is_written(written: str, name: str) -> None:
    assert spdx(written) == name


def test_names_that_are_permissive_are_so_whatever_their_case() -> None:
    for name in PERMISSIVE:
        for written in (name, name.upper(), name.lower(), f" {name} "):
            assert looked(written) is None, written


@pytest.mark.parametrize(
    "license_", ["CC-BY-NC-4.0", "CC-BY-SA-4.0", "GPL-3.0", "proprietary", "other", "MITX"]
)
def test_by_default_only_permissive_ones_are_allowed(license_: str) -> None:
    found = looked(license_, "crawl.jsonl")
    assert found is not None
    assert found.evidence == {"license": license_, "dataset": "crawl.jsonl"}


def test_a_record_without_a_licence_is_found_unless_that_may_pass() -> None:
    assert looked(None) is not None
    assert looked(" ") is not None
    assert looked(None, unknown="pass") is None


def test_what_is_allowed_is_the_projects_choice() -> None:
    assert looked("cc by-sa 4.0", allow=["CC-BY-SA-*"]) is None
    assert looked("MIT", allow=["CC-BY-SA-*"]) is not None
    assert looked("GPL-3.0", allow=["*"]) is None


@pytest.mark.parametrize(
    ("expression", "passes"),
    [
        ("MIT OR GPL-3.0", True),
        ("MIT AND GPL-3.0", False),
        ("MIT AND Apache-2.0", True),
        ("GPL-3.0 OR (MIT AND Apache-2.0)", True),
        ("(GPL-3.0 OR MIT) AND LGPL-2.1", False),
        ("GPL-3.0 OR LGPL-2.1", False),
        ("(MIT)", True),
        ("MIT OR", False),
        ("MIT AND (", False),
    ],
)
def test_an_expression_is_allowed_where_it_can_be_met(expression: str, passes: bool) -> None:  # noqa: FBT001 - a table
    assert (looked(expression) is None) is passes


def test_a_data_set_has_rules_of_its_own() -> None:
    sources = {"openai/*": ["*"], "crawl/*": [], "mixed.jsonl": ["CC-BY-SA-4.0"]}
    assert looked(None, "openai/gsm8k", sources=sources) is None
    assert looked("MIT", "crawl/pages.jsonl", sources=sources) is not None
    assert looked("CC-BY-SA-4.0", "mixed.jsonl", sources=sources) is None
    assert looked("MIT", "mixed.jsonl", sources=sources) is not None
    assert looked("MIT", "elsewhere.jsonl", sources=sources) is None
