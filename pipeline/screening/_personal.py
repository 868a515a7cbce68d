"""The forms of personal data. Names are none: they have no form."""

from pipeline.screening._addresses import ADDRESSES
from pipeline.screening._forms import Family, Form
from pipeline.screening._lives import BIRTHS
from pipeline.screening._machines import MACHINES
from pipeline.screening._mail import MAIL
from pipeline.screening._money import ACCOUNT, CARD, IBAN, WALLETS
from pipeline.screening._phones import RUN, phones
from pipeline.screening._places import PLACES
from pipeline.screening._state_numbers import BY_DIGITS, BY_LETTERS

PERSONAL: tuple[Family, ...] = (
    MAIL,
    IBAN,
    *BY_LETTERS,
    Family(
        "\\d(?:[ .()/\u00a0\u2010-\u2013-]{0,3}\\d){6}",
        (CARD, *BY_DIGITS, ACCOUNT, Form("phone", "PHONE", phones)),
        around=RUN,
    ),
    BIRTHS,
    *ADDRESSES,
    PLACES,
    WALLETS,
    MACHINES,
)
