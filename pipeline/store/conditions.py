"""Conditions of project.toml and of the command line: one condition on one view of ours, and nothing else."""

from collections.abc import Iterator
from typing import Any


def words(view: str) -> str:
    """A view's name for people."""
    return view.replace("_", " ")


def not_one_condition(parsed: dict[str, Any], view: str) -> str | None:
    """Why a parsed probe is more than one condition on a view; None where it is not."""
    if parsed["error"]:
        return str(parsed["error_message"])
    if len(parsed["statements"]) != 1 or parsed["statements"][0]["node"]["type"] != "SELECT_NODE":
        return "it holds more than one statement"
    others = {name for name in _names_of_tables(parsed["statements"]) if name != view}
    return f"it asks {', '.join(sorted(others))}, not {words(view)} alone" if others else None


def _names_of_tables(node: Any) -> Iterator[str]:  # noqa: ANN401 - a parsed statement
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            yield str(node.get("table_name"))
        elif node.get("type") == "TABLE_FUNCTION":
            yield "a table function"
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _names_of_tables(inner)
