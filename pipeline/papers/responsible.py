"""The fields of Croissant's part for responsible AI: who labeled, how, how well, and what a machine did."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.papers.estimates import ALL, ALPHA, ERROR, by_name, told
from pipeline.papers.words import plural
from schemas.manifest import Manifest

PLAN = (
    "versions never change; a later one lists what was withdrawn and corrected (patch: the same rows, minor: additions "
    "alone, major: rows changed, removed or moved)"
)


def responsibly(manifest: Manifest) -> Iterator[tuple[str, Any]]:
    """The fields of RAI that headrace can fill; what nobody said is not made up."""
    counts, figures = manifest.counts, by_name(manifest.estimates)
    asked = [
        f"{one.name} version {one.version}, guideline "
        f"{', '.join(version or 'of the task type' for version in one.guidelines) or 'of the task type'}"
        for one in manifest.task_types
    ]
    policy = [
        f"{name}: {json.dumps(rule, sort_keys=True)}"
        for name, rule in sorted(manifest.policies.overlap.items())
    ]
    yield "rai:dataAnnotationProtocol", [*asked, *(f"votes a task, {one}" for one in policy)]
    yield "rai:dataAnnotationPlatform", ["Label Studio, by Headrace"]
    yield (
        "rai:dataAnnotationAnalysis",
        [
            *(
                f"agreement beyond chance on {of}: {told(one, share=False)}, {one.said}"
                for (name, of), one in figures.items()
                if name == ALPHA
            ),
            *(
                f"labels estimated wrong: {told(one, share=True)}"
                for key, one in figures.items()
                if key == (ERROR, ALL)
            ),
            *(
                f"{gate.name}: {gate.said}; {'met' if gate.met else 'not met'}"
                for gate in manifest.policies.gates
            ),
        ],
    )
    spread = ", ".join(f"{votes} for {plural(rows, 'row')}" for votes, rows in _by_number(counts.votes))
    yield "rai:annotationsPerItem", spread or "none"
    people = f"{plural(counts.annotators, 'annotator')}, {plural(counts.adjudicators, 'adjudicator')}"
    made_up = f"{counts.simulated_annotators:,} of the annotators are simulated" if manifest.simulated else ""
    yield "rai:annotatorDemographics", [one for one in (manifest.about.annotators, people, made_up) if one]
    if counts.by.get("machine"):
        yield (
            "rai:machineAnnotationTools",
            [f"checks by Headrace decided {plural(counts.by['machine'], 'row')}"],
        )
    yield (
        "rai:dataCollection",
        f"from {', '.join(sorted({one.dataset or 'unknown' for one in manifest.sources})) or 'nothing'}",
    )
    yield (
        "rai:dataPreprocessingProtocol",
        [
            f"screen {name}: {json.dumps(rule, sort_keys=True)}"
            for name, rule in sorted(manifest.policies.screens.items())
        ]
        or ["none"],
    )
    yield (
        "rai:personalSensitiveInformation",
        ["annotators stand under pseudonyms; no names, addresses or pay"],
    )
    yield (
        "rai:dataReleaseMaintenancePlan",
        PLAN,
    )
    if manifest.simulated:
        yield "rai:dataLimitations", ["labels by simulated annotators: not for training, nor for evaluation"]


def _by_number(votes: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(votes.items(), key=lambda one: int(one[0]))
