"""The gates of a release: what `[release.requires]` demands, held against a candidate with figures.

manifest = judged(ctx, manifest)   # with estimates, gates and signatures; a preview stops here
refuse(manifest)                   # GateRefused where it falls short
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeAlias

from pydantic import JsonValue

from pipeline.context import Context
from pipeline.papers.estimates import (
    AC1,
    ALL,
    ALPHA,
    ERROR,
    GOLD,
    NOBODY_LOOKED,
    TOP_SHARE,
    by_name,
    estimated,
)
from pipeline.papers.words import percent, plural
from pipeline.quality.agreement import FEWEST, LOPSIDED
from pipeline.releasing.signing import SIGN_OFF, signatures_of, with_signatures
from pipeline.screening._licences import PERMISSIVE, allows, spdx
from schemas.errors import GateRefused
from schemas.manifest import About, Estimate, Gate, Manifest
from schemas.people import covers
from schemas.project import Requires

CONTAMINATION = "contamination"
Figures: TypeAlias = Mapping[tuple[str, str], Estimate]

_STEPS = {
    ALPHA: "a clearer guideline raises it, more votes narrow it",
    GOLD: "see who errs: headrace report, headrace people list",
    ERROR: "see which labels to look at again: headrace suspects",
    CONTAMINATION: "see: headrace lineage {row}, then headrace withdraw its record",
    "counts": "label more of it, or ask for less",
    "licenses": "take the source out (headrace withdraw), or allow its licence",
    SIGN_OFF: "look at it (headrace release --preview), then: headrace sign {version} --as NAME",
}
_NO_BENCHMARKS = (
    "benchmarks to hold the rows against were expected, there are none; name them under [screens]: "
    'contamination = {{ verdict = "reject", against = [...] }}'
)


def judged(ctx: Context, candidate: Manifest) -> Manifest:
    """A candidate with its `about`, `estimates`, `policies.gates` and `signatures`.

    Asked of it are `version`, `content`, `task_types`, `counts`, `licenses` and `contamination`; files need not be
    there yet. What is said of a release now may be another tomorrow: whoever makes it again keeps what was said.
    """
    requires = ctx.project.release.requires
    about = About.model_validate(ctx.project.release.card.model_dump())
    candidate = candidate.model_copy(update={"about": about, "estimates": estimated(ctx, candidate)})
    policies = candidate.policies.model_copy(update={"gates": tuple(gates(requires, candidate))})
    candidate = candidate.model_copy(update={"policies": policies})
    signed = signatures_of(ctx.store, candidate.version, candidate.content)
    return with_signatures(candidate, signed, requires.sign_off, ctx)


def refuse(candidate: Manifest, leaks: Sequence[tuple[str, str]] = ()) -> None:
    """Raise GateRefused, a line a gate with the figures, where it falls short of one that no exception is for.

    `leaks` are the rows that leak a benchmark, each with what it leaks, for the first of them to be told.
    """
    if short := falls_short(candidate):
        raise GateRefused("\n".join(_refusal(gate, candidate, leaks) for gate in short))


def falls_short(candidate: Manifest) -> list[Gate]:
    """The gates that it does not meet and that no exception was signed for."""
    return [gate for gate in candidate.policies.gates if not gate.met and gate.exception is None]


def gates(requires: Requires, candidate: Manifest) -> Iterator[Gate]:
    """Each demand on a candidate, with what was found, in the order of the project file; the sign-off is no figure."""
    figures = by_name(candidate.estimates)
    types = {one.name for one in candidate.task_types}
    elsewhere = candidate.policies.overlap.keys() - types
    for name, asked in _of_types(requires.alpha, types, elsewhere):
        yield _agreed(name, asked, figures, requires)
    for name, asked in _of_types(requires.gold_accuracy, types, elsewhere):
        yield _at_least(GOLD, name, asked, figures.get((GOLD, name)), requires)
    for name, asked in _of_types(requires.error, {ALL}, elsewhere):
        yield _at_most(name, asked, figures.get((ERROR, name)), requires)
    if requires.contamination is not None:
        yield _leaks(requires.contamination, candidate)
    for cell, least in sorted(requires.counts.items()):
        yield _counted(cell, least, candidate)
    if requires.licenses:
        yield _licensed(requires.licenses, candidate)


def _of_types(
    asked: float | dict[str, float] | None, every: set[str], elsewhere: set[str]
) -> list[tuple[str, float]]:
    """A number for each of them, or what a table names, but for work of the project that no row is from."""
    if asked is None:
        return []
    given = asked if isinstance(asked, dict) else dict.fromkeys(every, asked)
    return sorted((name, bound) for name, bound in given.items() if name not in elsewhere)


def _agreed(of: str, asked: float, figures: Figures, requires: Requires) -> Gate:
    alpha, top = figures.get((ALPHA, of)), figures.get((TOP_SHARE, of))
    if alpha is not None and alpha.n < FEWEST:
        needed = (
            f"at least {asked:g} was expected, {alpha.n:,} tasks with two answers are too few to judge by"
        )
        return _gate(f"{ALPHA}.{of}", asked, alpha, met=False, said=f"{needed} ({FEWEST} are needed)")
    if top is not None and top.value is not None and top.value > LOPSIDED:
        ac1 = figures.get((AC1, of))
        if ac1 is not None and ac1.value is not None:
            why = f"AC1 in place of alpha, as {percent(top.value)} of the answers are the same one"
            gate = _at_least(ALPHA, of, asked, ac1, requires)
            return gate.model_copy(update={"said": f"{gate.said}, {why}"})
    return _at_least(ALPHA, of, asked, alpha, requires)


def _at_least(name: str, of: str, asked: float, found: Estimate | None, requires: Requires) -> Gate:
    share = name != ALPHA
    wanted = f"at least {percent(asked) if share else f'{asked:g}'} was expected"
    if found is None or found.value is None:
        why = f"nothing can be said of {of}: {found.said}" if found else f"nothing is known of {of}"
        return _gate(f"{name}.{of}", asked, found, met=False, said=f"{wanted}, {why}")
    low = found.value if found.low is None or requires.judged_by == "estimate" else found.low
    said = f"{wanted}, found {_told(found, share=share)}"
    return _gate(f"{name}.{of}", asked, found, met=low >= asked, said=said)


def _at_most(of: str, asked: float, found: Estimate | None, requires: Requires) -> Gate:
    name = ERROR if of == ALL else f"{ERROR}.{of}"
    wanted = f"at most {percent(asked)} was expected"
    if found is None or found.value is None:
        why = found.said if found else NOBODY_LOOKED
        said = f"{wanted}, {why}: set audit_share or gold under [[tasks]]"
        return _gate(name, asked, None, met=False, said=said)
    high = found.value if found.high is None or requires.judged_by == "estimate" else found.high
    return _gate(name, asked, found, met=high <= asked, said=f"{wanted}, found {_told(found, share=True)}")


def _leaks(most: int, candidate: Manifest) -> Gate:
    looked = candidate.contamination
    if looked is None:
        return Gate(name=CONTAMINATION, asked=most, found=None, met=False, said=_NO_BENCHMARKS.format())
    said = f"at most {most:,} rows that leak a benchmark were expected, found {looked.leaks:,} of {looked.rows:,}"
    return Gate(name=CONTAMINATION, asked=most, found=looked.leaks, met=looked.leaks <= most, said=said)


def _counted(cell: str, least: int, candidate: Manifest) -> Gate:
    found = sum(rows for name, rows in candidate.counts.cells.items() if covers(cell, name))
    said = f"at least {plural(least, 'row was', 'rows were')} expected, found {found:,}"
    return Gate(name=f"counts.{cell}", asked=least, found=found, met=found >= least, said=said)


def _licensed(allowed: tuple[str, ...], candidate: Manifest) -> Gate:
    patterns = [spdx(one) for name in allowed for one in (PERMISSIVE if name == "permissive" else (name,))]
    others = {
        name: records
        for name, records in sorted(candidate.licenses.items())
        if not allows(name, lambda said: any(fnmatchcase(said, pattern) for pattern in patterns))
    }
    listed = ", ".join(f"{name} ({plural(records, 'record')})" for name, records in others.items())
    said = f"{', '.join(allowed)} alone were expected, found {listed or 'nothing else'}"
    found: JsonValue = dict(others)
    return Gate(name="licenses", asked=list(allowed), found=found, met=not others, said=said)


def _gate(name: str, asked: float, found: Estimate | None, *, met: bool, said: str) -> Gate:
    figures: JsonValue = None
    if found is not None:
        figures = {"value": found.value, "low": found.low, "high": found.high, "n": found.n}
    return Gate(name=name, asked=asked, found=figures, met=met, said=said)


def _told(found: Estimate, *, share: bool) -> str:
    assert found.value is not None  # noqa: S101 - both callers have looked
    write = percent if share else "{:.2f}".format
    if found.low is None or found.high is None:
        return f"{write(found.value)} (of {found.n:,})"
    return (
        f"{write(found.value)} ({write(found.low)} to {write(found.high)}, 95 times in 100; of {found.n:,})"
    )


def _refusal(gate: Gate, candidate: Manifest, leaks: Sequence[tuple[str, str]]) -> str:
    kind = gate.name.split(".", 1)[0]
    row, leak = leaks[0] if leaks else ("ROW", "")
    such_as = f", such as {row} ({leak})" if kind == CONTAMINATION and leaks else ""
    step = _STEPS[kind].format(version=candidate.version, row=row)
    if kind != SIGN_OFF:
        step += f"; or sign it all the same: headrace sign {candidate.version} --as NAME --exception WHY"
    return f"release.requires.{gate.name}: {gate.said}{such_as}; {step}"
