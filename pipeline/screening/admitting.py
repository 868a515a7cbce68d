"""What came of a shard's records, as tables of facts: what goes on, what was rejected and what was noted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.base import content_id

STAGE = "screen"
_MASKED = {"record_id": "masked_id", "prompt_id": "masked_prompt_id", "payload": "masked_payload"}
_TIME = pa.timestamp("us", "UTC")


@dataclass(frozen=True, slots=True)
class Moment:
    """When a shard was screened."""

    started: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Admitted:
    """Facts as tables, ready for the store."""

    records: pa.Table
    screened: pa.Table
    rejects: pa.Table
    noted: pa.Table


def admit(shard: str, rows: pa.Table, found: pa.Table, moment: Moment) -> Admitted:
    """What follows from the findings (FINDINGS) of a shard's rows (SHARD): the first verdict that rejects counts."""
    place = {position: n for n, position in enumerate(rows["position"].to_pylist())} if len(found) else {}
    verdicts = np.full(len(rows), "pass", dtype=object)
    screens = np.full(len(rows), None, dtype=object)
    ids = rows["record_id"]
    rejects: list[dict[str, Any]] = []
    noted: list[dict[str, Any]] = []
    masked: dict[int, dict[str, Any]] = {}
    for one in found.to_pylist():
        n = place[one["position"]]
        if verdicts[n] == "reject":
            continue
        verdicts[n] = max(verdicts[n], one["verdict"], key=_WEIGHT.__getitem__)
        if one["verdict"] == "reject":
            screens[n] = one["screen"]
            rejects.append(_reject(ids[n].as_py(), one, moment))
            masked.pop(n, None)
            continue
        noted.append(_noted(ids[n].as_py(), one, moment))
        if one["verdict"] == "mask":
            masked[n] = one
    goes_on = pa.array(verdicts != "reject")
    after = _with_masks(rows, masked)
    screened = pa.table(
        {
            "record_id": ids,
            "admitted_as": pc.if_else(goes_on, after["record_id"], pa.scalar(None, pa.string())),
            "shard": _all(len(rows), pa.scalar(shard)),
            "position": rows["position"],
            "ingested_at": rows["ingested_at"],
            "started_at": _all(len(rows), pa.scalar(moment.started, _TIME)),
            "screened_at": _all(len(rows), pa.scalar(moment.ended, _TIME)),
            "screened_by": _all(len(rows), pa.scalar(STAGE)),
            "verdict": pa.array(verdicts, pa.string()),
            "screen": pa.array(screens, pa.string()),
        }
    )
    records = after.drop_columns(["position", "row"]).filter(goes_on)
    return Admitted(records, screened, _table(rejects, _REJECT), _table(noted, _NOTED))


_WEIGHT = {"pass": 0, "mask": 1, "reject": 2}
_REJECT = pa.schema(
    [
        *((name, pa.string()) for name in ("reject_id", "stage", "subject", "reason", "detail", "evidence")),
        ("rejected_at", _TIME),
    ]
)
_NOTED = pa.schema(
    [
        *((name, pa.string()) for name in ("record_id", "screen", "verdict", "reason", "evidence")),
        ("noted_at", _TIME),
    ]
)


def _reject(record_id: str, one: dict[str, Any], moment: Moment) -> dict[str, Any]:
    return {
        "reject_id": content_id([STAGE, record_id, one["title"]]),
        "stage": STAGE,
        "subject": record_id,
        "reason": one["title"],
        "detail": f"record {record_id} {one['reason']}",
        "evidence": one["evidence"],
        "rejected_at": moment.ended,
    }


def _noted(record_id: str, one: dict[str, Any], moment: Moment) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "screen": one["screen"],
        "verdict": one["verdict"],
        "reason": one["reason"],
        "evidence": one["evidence"],
        "noted_at": moment.ended,
    }


def _with_masks(rows: pa.Table, masked: dict[int, dict[str, Any]]) -> pa.Table:
    """The rows with what was masked in place of what was read."""
    if not masked:
        return rows
    places = sorted(masked)
    mask = np.zeros(len(rows), dtype=bool)
    mask[places] = True
    for column, source in _MASKED.items():
        new = pa.array([masked[n][source] for n in places], pa.string())
        changed = pc.replace_with_mask(rows[column].combine_chunks(), pa.array(mask), new)
        rows = rows.set_column(rows.schema.get_field_index(column), column, changed)
    return rows


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(rows, schema)


def _all(count: int, value: pa.Scalar) -> pa.Array:
    return pa.repeat(value, count)
