"""Personal data: addresses, telephone numbers, cards, accounts and the numbers that states give to people."""

from pipeline.screening._keys import KEYS
from pipeline.screening._personal import PERSONAL
from pipeline.screening._values import ValueOptions, ValueScreen


class PersonalDataOptions(ValueOptions):
    """`ignore` and `allow`."""

    families = PERSONAL


class PersonalData(ValueScreen):
    """Finds what tells who somebody is, or how to reach them, by its form; names it does not know."""

    name = "personal_data"
    title = "personal data"
    options = PersonalDataOptions
    families = PERSONAL
    others = KEYS


screen = PersonalData()
