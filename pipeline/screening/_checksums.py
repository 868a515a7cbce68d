"""Checksums of the numbers that people are given: what was only thought up rarely keeps them."""

from hashlib import sha256
from itertools import cycle

_IBAN_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
"""Length = the countries whose IBANs have it."""
_IBAN_LENGTHS = {
    country: length for length, countries in _IBAN_COUNTRIES.items() for country in countries.split()
}
_VERHOEFF_PERMUTED = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)
_SIDES = 5
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ADDRESS_BYTES = 25
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def digits(value: str) -> str:
    """The digits of a value, without what they are grouped by."""
    return "".join(filter(str.isdecimal, value))


def luhn(value: str) -> bool:
    """Whether its digits keep Luhn's checksum: cards, Canadian social insurance."""
    total = 0
    for place, digit in enumerate(reversed(digits(value))):
        number = int(digit) * (1 + place % 2)
        total += number - 9 * (number > 9)  # noqa: PLR2004 - the cross sum of a number below 19
    return total % 10 == 0


def iban_length(value: str) -> int | None:
    """How many letters and digits an IBAN of that country has; None where it has none that we know."""
    return _IBAN_LENGTHS.get(value[:2])


def iban(value: str) -> bool:
    """Whether letters and digits are a whole IBAN."""
    turned = value[4:] + value[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def chinese_id(value: str) -> bool:
    """Whether 18 signs keep the checksum of a resident's identity number."""
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(value[:17]))
    return "10X98765432"[total % 11] == value[17].upper()


def verhoeff(value: str) -> bool:
    """Whether its digits keep Verhoeff's checksum: Aadhaar."""
    check = 0
    for row, digit in zip(cycle(_VERHOEFF_PERMUTED), reversed(digits(value)), strict=False):
        check = _turned(check, int(row[int(digit)]))
    return check == 0


def _turned(a: int, b: int) -> int:
    """The product in the dihedral group of a pentagon, in which Verhoeff counts: five turns, then five mirrored."""
    turn = (a + b) if a < _SIDES else (a - b)
    return turn % _SIDES + (_SIDES if (a < _SIDES) != (b < _SIDES) else 0)


def spanish_id(value: str) -> bool:
    """Whether the letter of a DNI or NIE fits its number."""
    signs = "".join(filter(str.isalnum, value)).upper()
    return _DNI[int(signs[:-1].translate(str.maketrans("XYZ", "012"))) % 23] == signs[-1]


def french_id(value: str) -> bool:
    """Whether the key of a French social security number fits it."""
    signs = "".join(value.split()).replace("2A", "19").replace("2B", "18")
    return 97 - int(signs[:13]) % 97 == int(signs[13:])


def base58(value: str) -> bool:
    """Whether it is an address of Bitcoin: its last four bytes are the hash of those before."""
    number = 0
    for sign in value:
        number = number * len(_BASE58) + _BASE58.index(sign)
    if number >= 1 << 8 * _ADDRESS_BYTES:
        return False
    whole = number.to_bytes(_ADDRESS_BYTES, "big")
    return sha256(sha256(whole[:-4]).digest()).digest()[:4] == whole[-4:]
