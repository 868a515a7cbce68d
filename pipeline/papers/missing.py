"""What nobody knows of a release, and what would tell: its card says so."""

from collections.abc import Iterator

from pipeline.papers.estimates import ALL, ALPHA, ERROR, GOLD, NOBODY_LOOKED, by_name
from pipeline.papers.words import plural
from pipeline.quality.agreement import FEWEST
from schemas.manifest import Manifest

_ABOUT = {
    "description": "what it is for",
    "creator": "who answers for it",
    "annotators": "who labeled it: where they live, what they know",
}
_CONFIGURE = "`{key}` under `[release.card]`"


def missing(manifest: Manifest) -> Iterator[str]:
    """Each in one line for people."""
    yield from _unmeasured(manifest)
    if not manifest.policies.gates:
        yield "**Gates.** None is asked for: nothing stands under `[release.requires]`."
    if not manifest.signatures:
        yield "**A signature.** Nobody has signed it (`headrace sign`)."
    if manifest.contamination is None:
        yield "**Benchmarks.** The rows were held against none: name them in `contamination` under `[screens]`."
    if unknown := manifest.licenses.get("unknown", 0):
        yield f"**Licences.** {plural(unknown, 'record')} came without one: `license` under `[[sources]]`."
    for key, what in _ABOUT.items():
        if getattr(manifest.about, key) is None:
            yield f"**{what[0].upper()}{what[1:]}.** {_CONFIGURE.format(key=key)}."


def _unmeasured(manifest: Manifest) -> Iterator[str]:
    figures = by_name(manifest.estimates)
    error = figures.get((ERROR, ALL))
    if error is None or error.value is None:
        said = error.said if error else NOBODY_LOOKED
        yield f"**The error of the labels.** {said[0].upper()}{said[1:]}: `audit_share` or `gold` under `[[tasks]]`."
    types = dict.fromkeys(one.name for one in manifest.task_types)
    few = [name for name in types if (found := figures.get((ALPHA, name))) is None or found.n < FEWEST]
    if few:
        yield (
            f"**Agreement** on {', '.join(few)}: fewer than {FEWEST} tasks have two answers that can be compared "
            "(`overlap` under `[[tasks]]`)."
        )
    if without := [name for name in types if (GOLD, name) not in figures]:
        yield f"**How good people are** at {', '.join(without)}: there is no `gold` under `[[tasks]]`."
