"""When people were born, where it is written as on a form: in a story it is no data."""

import re

from pipeline.screening._forms import Family, Form, either, shaped

# ruff: noqa: RUF001 - Chinese has its own colon

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = (
    rf"(?:\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? \d{{4}}"
    rf"|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日|(?:19|20)\d\d[01]\d[0-3]\d)"
)
_BORN = (
    r"(?i)(?:\b(?:dob|d\.o\.b\.?|date[ _]of[ _]birth|birth[ _-]?da(?:te|y)|born(?=:)|geburts(?:datum|tag)"
    r"|geb(?:oren)?\.? am|date de naissance|née? le|fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il"
    r"|data de nascimento)|дата рождения|出生日期|出生于|生日|生年月日|생년월일)"
    rf"[\"'\s]*(?:is|was|on|[:=：-])?[\"'\s]*(?P<value>{_DAY})(?!\d)"
)
_BORN_BEFORE = r"(?P<value>\d{4}年\d{1,2}月\d{1,2}日)(?:出生|生まれ)"
_NAMED = rf"(?<!\w)[A-Z][\w'-]+ (?:[A-Z]\.? )?[A-Z][\w'-]+,? \(?born(?: on)? (?P<value>(?i:{_DAY}))(?!\d)"
"""Behind a full name."""


def _is_of_our_time(date: str) -> bool:
    """Whether who was born then may be alive."""
    return re.search(r"19[3-9]\d|20\d\d", date) is not None


BIRTHS = Family(
    r"(?:birth|born|dob|d\.o\.b|geb|naissance|nacimiento|nacid|nascita|nat[oa] il|nascimento|née? le"
    r"|рождения|出生|生日|生年月日|생년월일).{0,12}\d|日(?:出生|生まれ)",
    (
        Form(
            "birth_date",
            "BIRTH_DATE",
            either(shaped(_BORN), shaped(_BORN_BEFORE), shaped(_NAMED, _is_of_our_time)),
        ),
    ),
)
