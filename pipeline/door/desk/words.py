"""What the desk says, in the reader's language: texts, numbers, days and hours. One file a language."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from pipeline.report import everyday
from pipeline.report.words import plain
from tasks import task_types

FOLDER = Path(__file__).parent / "texts"
LANGUAGES = ("en", "zh")
"""The first is what is spoken where a browser asks for none of them."""
COOKIE = "headrace_lang"
MINUTE, HOUR = 60, 3600

Texts: TypeAlias = Mapping[str, str]


@cache
def texts(language: str) -> Texts:
    """All texts of a language under dotted keys, such as `next.button`; a plural has `.one` and `.other`."""
    given = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return dict(_flat(given))


def language_of(cookie: str | None, accepted: str) -> str:
    """The language to speak: the one that was chosen, or the first of ours that the browser asks for."""
    if cookie in LANGUAGES:
        return cookie
    asked = sorted((_weighed(part) for part in accepted.split(",")), key=lambda one: -one[1])
    return next((name for name, weight in asked if name in LANGUAGES and weight > 0), LANGUAGES[0])


class Words:
    """The texts of one language, with times in one zone."""

    def __init__(self, language: str, zone: str = "UTC") -> None:
        self.language, self.zone = language, zone
        self._texts, self._clock = texts(language), ZoneInfo(zone)

    def say(self, key: str, n: int | None = None, **values: object) -> str:
        """The text under a key, its `{places}` filled; with `n` in the singular or plural, and `{n}` is the number."""
        found = self._texts.get(f"{key}.one" if n == 1 else f"{key}.other") if n is not None else None
        text = self._texts[key] if found is None else found
        return text.format_map({**values, **({} if n is None else {"n": self.number(n)})})

    def has(self, key: str) -> bool:
        """Whether there is a text under a key."""
        return key in self._texts

    def number(self, value: int) -> str:
        """A whole number, its thousands apart."""
        return f"{value:,}"

    def day(self, at: datetime | date) -> str:
        """A day by the reader's calendar: '22 November', with the year where it is another."""
        on = at.astimezone(self._clock).date() if isinstance(at, datetime) else at
        key = "time.day" if on.year == datetime.now(self._clock).year else "time.day_of_year"
        return self.say(key, day=on.day, month=self._texts[f"month.{on.month}"], year=on.year)

    def moment(self, at: datetime) -> str:
        """A day and a time of day by the reader's clock."""
        local = at.astimezone(self._clock)
        return self.say("time.moment", day=self.day(at), time=f"{local:%H:%M}")

    def clock(self, at: datetime) -> str:
        """A time of day by the reader's clock."""
        return f"{at.astimezone(self._clock):%H:%M}"

    def lasting(self, seconds: float) -> str:
        """How long: '3 h 12 min'."""
        minutes = round(seconds / MINUTE)
        hours, rest = divmod(minutes, 60)
        if not hours:
            return self.say("time.minutes", minutes=rest)
        return self.say("time.hours", hours=self.number(hours), minutes=rest)

    def today(self, now: datetime) -> datetime:
        """When the reader's day began."""
        return now.astimezone(self._clock).replace(hour=0, minute=0, second=0, microsecond=0)

    def this_week(self, now: datetime) -> datetime:
        """When the reader's week began: on Monday."""
        local = now.astimezone(self._clock)
        monday = local.date() - timedelta(days=local.weekday())
        return datetime(monday.year, monday.month, monday.day, tzinfo=self._clock)

    def kind(self, task_type: str) -> str:
        """What people call a kind of work."""
        return self._texts.get(f"kind.{task_type}") or _title(task_type)

    def finding(self, kind: str) -> str:
        """What was found about somebody, in plain words."""
        known = self._texts.get(f"finding.{kind.replace(' ', '_')}")
        return known or self.say("asked.other", kind=plain(kind))

    def cell(self, cell: str) -> str:
        """A cell in everyday words: 'Code review (rust), in Chinese'."""
        language, *rest = plain(cell).split("/")
        if not rest:
            return self.kind(language)
        said = self.kind(rest[0])
        if rest[1:]:
            said = self.say(
                "cell.facet", kind=said, facet=", ".join(one.replace("_", " ") for one in rest[1:])
            )
        if language == everyday.UNKNOWN:
            return said
        return self.say("cell.language", kind=said, language=self._language(language))

    def _language(self, code: str) -> str:
        return self._texts.get(f"language.{code}") or everyday.LANGUAGES.get(code, code)


def _flat(given: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in given.items():
        key = f"{before}{name}"
        found += _flat(value, f"{key}.") if isinstance(value, dict) else [(key, value)]
    return found


def _weighed(part: str) -> tuple[str, float]:
    """A language of an Accept-Language header, with how much it is wanted."""
    name, _, rest = part.partition(";")
    try:
        weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
    except ValueError:
        weight = 0.0
    return name.strip().split("-")[0].casefold(), weight


def _title(task_type: str) -> str:
    found = task_types()
    return found[task_type].title if task_type in found else everyday.upper(everyday.kind(task_type))
