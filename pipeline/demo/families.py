"""The kinds of problems in the demo: reasoning-gym draws the numbers, the words and the working are ours.

A family turns what a generator drew (`entry["metadata"]`) into a prompt in two languages and, through a `Working`,
into a solution; `solve` gives back the final answer in the form that the generator's own verifier reads.
"""

# ruff: noqa: RUF001 - Chinese has punctuation of its own

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar, TypeAlias

from pipeline.demo.working import Implausible, Working

Drawn: TypeAlias = Mapping[str, Any]
"""A generator's metadata of one problem."""


class Family(ABC):
    """One kind of problem: which generator draws it, how it is asked, and how it is solved."""

    generator: ClassVar[str]
    """The reasoning-gym dataset."""
    settings: ClassVar[Mapping[str, Any]] = {}
    topic: ClassVar[str]

    def suits(self, drawn: Drawn) -> bool:
        """Whether the draw makes a problem worth asking."""
        return bool(drawn)

    @abstractmethod
    def ask(self, drawn: Drawn) -> tuple[str, str]:
        """The prompt, in English and in Chinese."""

    @abstractmethod
    def solve(self, drawn: Drawn, working: Working) -> str:
        """Writes the solution down; returns the final answer. Raises Implausible for a slip nobody would make."""


class Sum(Family):
    """A chain of additions and subtractions."""

    generator = "chain_sum"
    settings: ClassVar[Mapping[str, Any]] = {"min_terms": 4, "max_terms": 5, "min_digits": 2, "max_digits": 3}
    topic = "arithmetic"

    def ask(self, drawn: Drawn) -> tuple[str, str]:
        expression = f"${drawn['expression']}$"
        return f"What is {expression}?", f"计算 {expression} 的值。"

    def solve(self, drawn: Drawn, working: Working) -> str:
        first, *rest = drawn["expression"].split()
        total = int(first)
        working.say("We work from left to right.", "从左到右依次计算。")
        for sign, term in zip(rest[::2], rest[1::2], strict=True):
            before, by = total, int(term)
            total = working.compute(before + by if sign == "+" else before - by)
            line = f"${before} {sign} {by} = {total}$"
            working.say(f"{line}.", f"{line}。")
        working.say(f"The answer is ${total}$.", f"所以答案是 ${total}$。")
        return str(total)


class Equation(Family):
    """A linear equation: a number to move to the other side, and a factor to divide by."""

    generator = "simple_equations"
    settings: ClassVar[Mapping[str, Any]] = {"max_value": 30}
    topic = "algebra"
    _SHAPE = re.compile(r"(?:(?P<lead>\d+) - )?(?P<a>\d+)\*\w(?: (?P<sign>[+-]) (?P<b>\d+))? = (?P<c>-?\d+)")

    def suits(self, drawn: Drawn) -> bool:
        found = self._SHAPE.fullmatch(drawn["equation"])
        clear = drawn["variable"] not in "lo"  # too much like a one and a nought
        return clear and found is not None and (found["lead"] is None) != (found["b"] is None)

    def ask(self, drawn: Drawn) -> tuple[str, str]:
        equation, x = drawn["equation"].replace("*", ""), drawn["variable"]
        return f"Solve the equation ${equation}$ for ${x}$.", f"解方程 ${equation}$，求 ${x}$ 的值。"

    def solve(self, drawn: Drawn, working: Working) -> str:
        found = self._SHAPE.fullmatch(drawn["equation"])
        if found is None:
            raise Implausible(f"{drawn['equation']!r} is no equation of this family")
        x, a, c = drawn["variable"], int(found["a"]), int(found["c"])
        if found["lead"]:
            known = int(found["lead"])
            product = working.compute(known - c)
            line = f"${a}{x} = {known} - {_in_brackets(c)} = {product}$"
            working.say(f"Bring ${a}{x}$ to the right and ${c}$ to the left: {line}.", f"移项，得 {line}。")
        else:
            known, minus = int(found["b"]), found["sign"] == "-"
            product = working.compute(c + known if minus else c - known)
            line = f"${a}{x} = {c} {'+' if minus else '-'} {known} = {product}$"
            working.say(
                f"{'Add' if minus else 'Subtract'} ${known}$ {'to' if minus else 'from'} both sides: {line}.",
                f"两边同时{'加上' if minus else '减去'} ${known}$，得 {line}。",
            )
        value = self._divide(product, a, working)
        quotient, lowest = f"\\frac{{{product}}}{{{a}}}", _fraction(value)
        line = f"${x} = {quotient}$" if quotient == lowest else f"${x} = {quotient} = {lowest}$"
        working.say(f"Divide both sides by ${a}$: {line}.", f"两边同时除以 ${a}$，得 {line}。")
        working.say(f"So ${x} = {lowest}$.", f"所以 ${x} = {lowest}$。")
        return str(value)

    @staticmethod
    def _divide(product: int, by: int, working: Working) -> Fraction:
        value = Fraction(product, by)
        return Fraction(working.compute(int(value))) if value.denominator == 1 else value


class Simplification(Family):
    """A fraction to be brought to its lowest terms, one prime at a time."""

    generator = "fraction_simplification"
    settings: ClassVar[Mapping[str, Any]] = {
        "styles": ("latex_frac",),
        "max_value": 60,
        "min_factor": 6,
        "max_factor": 36,
    }
    topic = "fractions"

    def suits(self, drawn: Drawn) -> bool:
        common = math.gcd(drawn["numerator"], drawn["denominator"])
        return _smallest_prime(common) != common and drawn["simplified_denominator"] > 1

    def ask(self, drawn: Drawn) -> tuple[str, str]:
        fraction = f"$\\frac{{{drawn['numerator']}}}{{{drawn['denominator']}}}$"
        return f"Write {fraction} in its lowest terms.", f"把分数 {fraction} 化为最简分数。"

    def solve(self, drawn: Drawn, working: Working) -> str:
        over, under = int(drawn["numerator"]), int(drawn["denominator"])
        while (common := math.gcd(over, under)) > 1:
            prime = _smallest_prime(common)
            before = f"\\frac{{{over}}}{{{under}}}"
            over, under = working.compute(over // prime), working.compute(under // prime)
            line = f"${before} = \\frac{{{over}}}{{{under}}}$"
            working.say(
                f"Both parts are divisible by ${prime}$: {line}.",
                f"分子和分母都能被 ${prime}$ 整除：{line}。",
            )
        answer = f"$\\frac{{{over}}}{{{under}}}$"
        working.say(
            f"${over}$ and ${under}$ have no common factor left, so the answer is {answer}.",
            f"${over}$ 与 ${under}$ 互质，所以最简分数是 {answer}。",
        )
        return answer


class CommonDivisor(Family):
    """The greatest common divisor, by Euclid's algorithm."""

    generator = "gcd"
    settings: ClassVar[Mapping[str, Any]] = {"min_value": 60, "max_value": 900}
    topic = "number theory"

    def suits(self, drawn: Drawn) -> bool:
        small, large = sorted(drawn["numbers"])
        return bool(drawn["result"] > 1 and large % small)

    def ask(self, drawn: Drawn) -> tuple[str, str]:
        a, b = drawn["numbers"]
        return (
            f"What is the greatest common divisor of ${a}$ and ${b}$?",
            f"求 ${a}$ 和 ${b}$ 的最大公约数。",
        )

    def solve(self, drawn: Drawn, working: Working) -> str:
        small, large = sorted(drawn["numbers"])
        working.say(
            "We use Euclid's algorithm: divide, and go on with the divisor and the remainder.",
            "使用辗转相除法：每一步都用余数去除上一步的除数。",
        )
        while small:
            rest = working.compute(large % small) if large % small else 0
            if rest >= small:
                raise Implausible(f"a remainder of {rest} on division by {small}")
            line = f"${large} = {large // small} \\times {small} + {rest}$"
            working.say(f"{line}.", f"{line}。")
            small, large = rest, small
        working.say(
            f"The last remainder that is not zero is ${large}$, so the greatest common divisor is ${large}$.",
            f"最后一个非零余数是 ${large}$，所以最大公约数是 ${large}$。",
        )
        return str(large)


class BaseChange(Family):
    """A number to be written in another base."""

    generator = "base_conversion"
    settings: ClassVar[Mapping[str, Any]] = {"min_base": 3, "max_base": 9, "min_value": 60, "max_value": 500}
    topic = "number theory"

    def ask(self, drawn: Drawn) -> tuple[str, str]:
        given, target = f"${drawn['source_repr']}_{{{drawn['source_base']}}}$", drawn["target_base"]
        return (
            f"The number {given} is written in base {drawn['source_base']}. Write it in base {target}.",
            f"把 {drawn['source_base']} 进制数 {given} 转换为 {target} 进制数。",
        )

    def solve(self, drawn: Drawn, working: Working) -> str:
        base, target, digits = drawn["source_base"], drawn["target_base"], drawn["source_repr"]
        places = range(len(digits) - 1, -1, -1)
        powers = " + ".join(f"{d} \\cdot {base}^{p}" for d, p in zip(digits, places, strict=True))
        line = f"${digits}_{{{base}}} = {powers}$"
        working.say(f"Write out the places: {line}.", f"按位展开：{line}。")
        values = [int(d) * base**p for d, p in zip(digits, places, strict=True)]
        parts = [working.compute(value) if value else 0 for value in values]
        total = working.compute(sum(parts))
        line = f"${' + '.join(map(str, parts))} = {total}$"
        working.say(f"In base 10 this is {line}.", f"换算成十进制：{line}。")
        remainders: list[str] = []
        while total:
            quotient, rest = divmod(total, target)
            quotient = working.compute(quotient) if quotient else 0
            line = f"${total} = {quotient} \\cdot {target} + {rest}$"
            working.say(f"Divide by ${target}$: {line}.", f"除以 ${target}$：{line}。")
            remainders.append(str(rest))
            total = quotient
        answer = "".join(reversed(remainders))
        working.say(
            f"Read the remainders from the last to the first: ${answer}_{{{target}}}$.",
            f"把余数从后往前读，得 ${answer}_{{{target}}}$。",
        )
        return answer


def _fraction(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return f"{sign}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _in_brackets(value: int) -> str:
    return f"({value})" if value < 0 else str(value)


def _smallest_prime(number: int) -> int:
    return next(factor for factor in range(2, number + 1) if number % factor == 0)
