"""Checksums: each keeps what is written down somewhere, and notices one wrong digit."""

from collections.abc import Callable

import pytest

from pipeline.screening import _checksums as checksums

KEPT: list[tuple[Callable[[str], bool], str]] = [
    (checksums.luhn, "4111111111111111"),
    (checksums.luhn, "046 454 286"),
    (checksums.iban, "GB29NWBK60161331926819"),
    (checksums.iban, "FR1420041010050500013M02606"),
    (checksums.chinese_id, "11010519491231002X"),
    (checksums.verhoeff, "2363"),
    (checksums.verhoeff, "234123412346"),
    (checksums.spanish_id, "12345678Z"),
    (checksums.spanish_id, "X1234567L"),
    (checksums.french_id, "1 85 05 78 006 084 91"),
]


@pytest.mark.parametrize(("check", "value"), KEPT)
def test_what_is_written_down_is_kept(check: Callable[[str], bool], value: str) -> None:
    assert check(value)


@pytest.mark.parametrize(("check", "value"), KEPT)
def test_one_wrong_digit_is_noticed(check: Callable[[str], bool], value: str) -> None:
    for place, digit in enumerate(value):
        for other in "0123456789":
            if digit.isdecimal() and other != digit:
                assert not check(value[:place] + other + value[place + 1 :])


@pytest.mark.parametrize("value", ["2363", "234123412346"])
def test_two_digits_that_changed_places_are_noticed(value: str) -> None:
    for place in range(len(value) - 1):
        turned = value[:place] + value[place + 1] + value[place] + value[place + 2 :]
        assert turned == value or not checksums.verhoeff(turned)


def test_corsica_counts_as_a_department_with_a_number() -> None:
    assert checksums.french_id("1 85 05 2A 006 084 35")
    assert checksums.french_id("1 85 05 19 006 084 35")


def test_an_iban_is_as_long_as_its_country_says() -> None:
    assert checksums.iban_length("NO9386011117947") == 15
    assert checksums.iban_length("ZZ12") is None
