"""A sample of the moments at which something may be cut off: every third is tried always, the others in a proof."""

from collections.abc import Iterable
from typing import Any

import pytest


def every_third(moments: Iterable[int], others: pytest.MarkDecorator) -> list[Any]:
    """The moments as a test's parameters; `others` marks two of three: a proof finds a file by the mark in its text."""
    return [
        moment if number % 3 == 0 else pytest.param(moment, marks=others)
        for number, moment in enumerate(moments)
    ]
