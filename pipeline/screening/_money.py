"""Numbers that money goes by: cards, accounts and the wallets of crypto currencies."""

import re
from collections.abc import Iterator

from pipeline.screening import _checksums as checksums
from pipeline.screening._checksums import digits
from pipeline.screening._forms import Family, Form, Span, either, shaped

_END = r"(?![\w%]|[.,]\d|[ -]\d{4})"
_CARD = (
    r"(?<![\w.,])(?<!\d[ -])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5}|\d{14,19})"
    rf"{_END}"
)
_CARD_SAID = rf"(?i:card|visa|maestro|cc|pan|卡号?)[^\d\n]{{0,24}}(?P<value>\d{{12,13}}){_END}"
"""So few digits are a card's only where they are called one."""
_ISSUERS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}|(?:6011|64[4-9]\d|65\d\d)\d{12}|35\d{14}|(?:2131|1800)\d{11}|62\d{14,17}"
    r"|(?:50|5[6-9]|6\d)\d{10}(?:\d{4,7})?"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){11,30}")
_ACCOUNT = (
    r"(?i)\b(?:(?:account|acct|a/c|routing) ?(?:number|num|no\.?|nr\.?|#)|bank account|routing)(?: is| was)?[ :#]{0,3}"
    r"(?P<value>\d(?:[ -]?\d){6,16})(?![\d%]|[.,]\d)"
)
_BITCOIN = r"(?<![A-Za-z0-9])(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{39,59})(?![A-Za-z0-9])"
_ETHEREUM = (
    r"(?i:eth\w*|wallet\w*|address|send\w*|pay\w*|transfer\w*|donat\w*|deposit\w*|usdt|metamask|钱包|地址|转账|付款|打款|汇)"
    r"[^\n=]{0,24}?(?<![A-Za-z0-9])(?P<value>0x[0-9a-fA-F]{40})(?![A-Za-z0-9])"
)
"""Programs hold such numbers too: it counts where somebody is to pay there."""


def _is_card(value: str) -> bool:
    return _ISSUERS.fullmatch(digits(value)) is not None and checksums.luhn(value)


def _ibans(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut to the length that the country gives it: what follows may be capitals too."""
    for match in _IBAN.finditer(text, start, end):
        length = checksums.iban_length(match[0])
        signs = [place for place, sign in enumerate(match[0]) if sign.isalnum()]
        if length is None or length > len(signs):
            continue
        whole = match[0][: signs[length - 1] + 1]
        if checksums.iban("".join(filter(str.isalnum, whole))):
            yield match.start(), match.start() + len(whole)


def _is_wallet(value: str) -> bool:
    return value.startswith("bc1") or checksums.base58(value)


IBAN = Family(r"[a-z]{2}\d\d[ -]?[a-z0-9]{4}", (Form("iban", "IBAN", _ibans),))
CARD = Form("card", "CARD", either(shaped(_CARD, _is_card), shaped(_CARD_SAID, _is_card)))
ACCOUNT = Form("bank_account", "ACCOUNT", shaped(_ACCOUNT))
WALLETS = Family(
    "\\b[13][1-9a-z]{20}|bc1[02-9ac-hj-np-z]{8}|0x[0-9a-f]{12}",
    (Form("crypto_wallet", "WALLET", either(shaped(_BITCOIN, _is_wallet), shaped(_ETHEREUM))),),
)
