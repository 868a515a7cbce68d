"""Whether two expressions are one, by computer algebra.

Only for a process that may be killed: it is slow to load, and some expressions take for ever. math-verify parses; then
values at fixed points, with many digits, tell: what cannot be simplified is not called different, and what cannot be
read is not called anything.
"""

import random
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

Outcome: TypeAlias = Literal["equal", "not_equal", "unknown"]

DIGITS = 40
NEAR = 1e-25
"""Relative: values no farther apart are the same."""
FAR = 1e-12
"""Values at least so far apart are different ones."""
_POINTS = (("0.7312", "1.3771"), ("1.2931", "0.4177"), ("2.1713", "1.9337"), ("0.3119", "0.8713"))
"""Where expressions with variables are looked at: start and step; positive, for roots and logarithms."""


def compare(reference: str, answer: str, places: int = 0) -> tuple[Outcome, str]:
    """Two expressions or relations in LaTeX, the reference first; and how it was found.

    With `places`, one of them is a decimal number of so many: where it is the other one rounded, that is unknown.
    """
    import sympy

    random.seed(0)
    sympy.core.random.seed(0)
    a, b = _parsed(reference), _parsed(answer)
    if a is None or b is None:
        return "unknown", "not readable"
    tried = [_by_value(one, other, places) for one, other in _readings(a, b)]
    if "equal" in tried:
        return "equal", "values"
    if tried[0] is not None:
        return (tried[0] if len(set(tried)) == 1 else "unknown"), "values"
    return ("equal", "algebra") if _verified(a, b) else ("unknown", "algebra")


def _parsed(latex: str) -> Any:  # noqa: ANN401 - sympy's own
    from math_verify import LatexExtractionConfig, parse

    try:
        found = parse(
            f"${latex}$",
            extraction_config=[LatexExtractionConfig()],
            fallback_mode="no_fallback",
            parsing_timeout=None,
            raise_on_error=True,
        )
    except Exception:  # noqa: BLE001 - of whatever a stranger's text does to a parser
        return None
    made = [one for one in found if not isinstance(one, str)]
    return _done(made[0]) if made else None


def _done(side: Any) -> Any:  # noqa: ANN401 - sympy's own
    """Sums and derivatives of variables worked out, which have no value at a point; a letter is one and the same."""
    from sympy import Derivative, Product, Sum, Symbol

    letters: set[Any] = getattr(side, "free_symbols", set())
    if letters and side.has(Sum, Product, Derivative):
        side = side.doit()
    return side.subs({letter: Symbol(letter.name) for letter in letters}) if letters else side


def _verified(a: Any, b: Any) -> bool:  # noqa: ANN401 - sympy's own
    from math_verify import verify

    try:
        return bool(verify(a, b, strict=True, timeout_seconds=None, raise_on_error=True))
    except Exception:  # noqa: BLE001 - of whatever a stranger's text does to a parser
        return False


def _readings(a: Any, b: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - sympy's own
    """The two as they stand, and with i as the imaginary unit where there is one."""
    from sympy import I

    a, b = _with_real_roots(a), _with_real_roots(b)
    units = [symbol for side in (a, b) for symbol in getattr(side, "free_symbols", ()) if str(symbol) == "i"]
    if not units:
        return [(a, b)]
    imaginary = dict.fromkeys(units, I)
    both = a.subs(imaginary), b.subs(imaginary)
    others = (a.free_symbols | b.free_symbols) - set(units)
    return [both, (a, b)] if others else [both]


def _with_real_roots(side: Any) -> Any:  # noqa: ANN401 - sympy's own
    """The cube root of -8 as the -2 that people mean; algebra would have a complex one."""
    from sympy import Basic

    def is_one(power: Any) -> bool:  # noqa: ANN401 - sympy's own
        exponent = power.exp if power.is_Pow else None
        return bool(
            exponent is not None
            and exponent.is_Rational
            and exponent.q > 1
            and exponent.q % 2
            and power.base.is_negative
        )

    def real(power: Any) -> Any:  # noqa: ANN401 - sympy's own
        return (-1) ** power.exp.p * (-power.base) ** power.exp

    return side.replace(is_one, real) if isinstance(side, Basic) else side


def _by_value(a: Any, b: Any, places: int) -> Outcome | None:  # noqa: ANN401 - sympy's own
    """By the values alone; None where there are none, or they do not tell."""
    from sympy import Eq, Expr

    if isinstance(a, Eq) and isinstance(b, Eq):
        return _same_curve(a, b)
    if isinstance(a, Eq) or isinstance(b, Eq):
        a, b = _value(a), _value(b)
    if not isinstance(a, Expr) or not isinstance(b, Expr):
        return None
    pairs = _values((a, b))
    if not pairs:
        return None
    vague = not (a.is_Symbol and b.is_Symbol) and _constants(a.free_symbols ^ b.free_symbols)
    found = _of_values(pairs, places, vague=vague)
    return "unknown" if found == "equal" and _differ_below_zero(a, b) else found


def _differ_below_zero(a: Any, b: Any) -> bool:  # noqa: ANN401 - sympy's own
    """Whether they are one only of positive numbers, such as the root of a square and its base."""
    from sympy import Float

    symbols = sorted(a.free_symbols | b.free_symbols, key=str)
    at = {symbol: Float(f"-{start}", DIGITS) for symbol, (start, _) in zip(symbols, _POINTS, strict=False)}
    one, other = (_number(side, at) for side in (a, b)) if len(at) == len(symbols) > 0 else (None, None)
    if one is None or other is None or not (one.is_real and other.is_real):
        return False
    return _apart(one, other) >= FAR


def _of_values(pairs: Sequence[tuple[Any, ...]], places: int, *, vague: bool) -> Outcome | None:
    if all(_apart(one, other) <= NEAR for one, other in pairs):
        return "equal"
    if places > 1 and all(abs(one - other) < 10**-places for one, other in pairs):
        return "unknown"
    if any(_apart(one, other) >= FAR for one, other in pairs):
        return "unknown" if vague else "not_equal"
    return None


def _constants(symbols: set[Any]) -> bool:
    """Whether there are some that only stand for any number, as in `x^2 + C`."""
    return any(str(symbol) in ("C", "K", "c", "k", "n", "m") for symbol in symbols)


def _value(side: Any) -> Any:  # noqa: ANN401 - sympy's own
    """What an equation says of the one name on its left; anything else as it is."""
    from sympy import Eq

    return side.rhs if isinstance(side, Eq) and side.lhs.is_Symbol else side


def _same_curve(a: Any, b: Any) -> Outcome | None:  # noqa: ANN401 - sympy's own
    """Whether one equation is a multiple of the other; two that are neither may still have the same solutions."""
    from sympy import Poly, PolynomialError, together

    one, other = a.lhs - a.rhs, b.lhs - b.rhs
    pairs = _values((one, other))
    if not pairs:
        return None
    ratios = [x / y for x, y in pairs if abs(y) > FAR]
    if len(ratios) == len(pairs) and all(_apart(ratio, ratios[0]) <= NEAR for ratio in ratios):
        return "equal" if abs(ratios[0]) > FAR else None
    try:
        made = [Poly(together(side).as_numer_denom()[0]) for side in (one, other)]
    except PolynomialError:
        return None
    squarefree = [poly.sqf_part().monic() if len(poly.gens) == 1 else None for poly in made]
    if None in squarefree or made[0].gens != made[1].gens:
        small = all(poly.total_degree() <= 2 for poly in made)  # noqa: PLR2004 - lines and conics
        return "not_equal" if small and made[0].gens == made[1].gens else None
    return "equal" if squarefree[0] == squarefree[1] else "not_equal"


def _values(sides: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The sides' values at each of the points where all have one; none unless that is most of them."""
    from sympy import Float

    symbols = sorted({symbol for side in sides for symbol in side.free_symbols}, key=str)
    found = []
    points = _POINTS if symbols else _POINTS[:1]
    for start, step in points:
        at = {
            symbol: Float(start, DIGITS) + Float(step, DIGITS) * place for place, symbol in enumerate(symbols)
        }
        values = tuple(_number(side, at) for side in sides)
        if None not in values:
            found.append(values)
    return found if len(found) * 2 > len(points) else []


def _number(side: Any, at: dict[Any, Any]) -> Any:  # noqa: ANN401 - sympy's own
    try:
        value = side.subs(at).evalf(DIGITS) if at else side.evalf(DIGITS)
    except Exception:  # noqa: BLE001 - of whatever a stranger's text does to a parser
        return None
    return value if value.is_number and (value.is_comparable or value.is_complex) else None


def _apart(a: Any, b: Any) -> float:  # noqa: ANN401 - sympy's own
    size = max(float(abs(a)), float(abs(b)))
    return float(abs(a - b)) / size if size > FAR else float(abs(a - b))
