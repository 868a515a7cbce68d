"""The few words of pytest that test code of problem sets uses: `raises`, `approx` and `mark.parametrize`."""

import re
from types import ModuleType, TracebackType
from typing import Any, Self

GIVEN = "__given__"
"""Under which a function bears what it is to be called with."""


class Raises:
    """The context of `with pytest.raises(ValueError): …`."""

    def __init__(self, *expected: Any, match: str | None = None) -> None:  # noqa: ANN401 - as pytest takes them
        one = expected[0] if expected else Exception
        self._expected = one if isinstance(one, tuple) else (one,)
        self._match = match
        self.value: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> bool:
        del kind, trace
        if error is None:
            raise AssertionError(f"did not raise {' or '.join(one.__name__ for one in self._expected)}")
        if not isinstance(error, self._expected):
            return False
        if self._match and not re.search(self._match, str(error)):
            raise AssertionError(f"raised {error}, which does not match {self._match!r}")
        self.value = error
        return True


def raises(expected: Any, *given: Any, match: str | None = None) -> Any:  # noqa: ANN401 - as pytest takes them
    """As a context, or with a function and its arguments."""
    if not given:
        return Raises(expected, match=match)
    with Raises(expected, match=match) as caught:
        given[0](*given[1:])
    return caught


class Approx:
    """Equal to numbers that are close to this one, to the first millionth."""

    def __init__(self, wanted: Any, rel: float | None = None, abs: float | None = None) -> None:  # noqa: A002, ANN401 - as pytest has them
        self._wanted, self._rel, self._abs = wanted, rel or 1e-6, abs or 1e-12

    def __eq__(self, other: object) -> bool:
        if isinstance(self._wanted, list | tuple):
            return (
                isinstance(other, list | tuple)
                and len(other) == len(self._wanted)
                and all(
                    Approx(w, self._rel, self._abs) == o for w, o in zip(self._wanted, other, strict=True)
                )
            )
        if not isinstance(other, int | float):
            return False
        return bool(abs(other - self._wanted) <= max(self._rel * abs(self._wanted), self._abs))

    __hash__ = None  # type: ignore[assignment] # as pytest's


class Mark:
    """What `pytest.mark` is: `parametrize` counts, and any other mark changes nothing."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a mark, or what makes one
        def marked(*given: Any, **_: Any) -> Any:  # noqa: ANN401 - likewise
            return given[0] if len(given) == 1 and callable(given[0]) else lambda function: function

        return marked

    @staticmethod
    def parametrize(names: Any, each: Any, **_: Any) -> Any:  # noqa: ANN401 - as pytest takes them
        """Call a function once for each of these."""
        named = [one.strip() for one in names.split(",")] if isinstance(names, str) else list(names)

        def parametrized(function: Any) -> Any:  # noqa: ANN401 - a function
            before = getattr(function, GIVEN, None) or [{}]
            rows = [dict(zip(named, row if len(named) > 1 else [row], strict=True)) for row in each]
            setattr(function, GIVEN, [{**old, **new} for old in before for new in rows])
            return function

        return parametrized


def module() -> ModuleType:
    """What `import pytest` gives to test code."""
    made = ModuleType("pytest")
    made.raises, made.approx, made.mark = raises, Approx, Mark()  # type: ignore[attr-defined] # a module made by hand
    return made
