"""Secrets: keys of providers, private keys, passwords that are assigned or stand in addresses."""

from pipeline.screening._keys import KEYS
from pipeline.screening._personal import PERSONAL
from pipeline.screening._values import ValueOptions, ValueScreen


class SecretsOptions(ValueOptions):
    """`ignore` and `allow`."""

    families = KEYS


class Secrets(ValueScreen):
    """Finds what opens something: keys by their provider's form, passwords by where they stand."""

    name = "secrets"
    title = "secret"
    options = SecretsOptions
    families = KEYS
    others = PERSONAL


screen = Secrets()
