"""Run inside Label Studio's own environment: prints every route that it has, as JSON."""

# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201, T201 - it is read by another Python, which has no types of Django's, and printed for ours
import json
import os
import sys

import django
from django.urls import URLResolver, get_resolver

sys.path.insert(0, sys.argv[1])
os.environ["DJANGO_SETTINGS_MODULE"] = "core.settings.label_studio"


def routes(resolver, before=""):
    """The patterns below a resolver, whole."""
    for one in resolver.url_patterns:
        said = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, said)
        else:
            yield said


if __name__ == "__main__":
    django.setup()
    print("\n" + json.dumps(sorted(set(routes(get_resolver())))))
