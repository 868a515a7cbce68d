"""How facts are put: those whose key is known stay as they are, or are replaced."""

from functools import cache

from schemas.facts import Fact


@cache
def insertion(kind: type[Fact], *, replace: bool) -> str:
    """The statement that takes facts of one kind from the table `incoming`."""
    keys = ", ".join(f'"{name}"' for name in kind.key)
    if not kind.indexed:
        assert not replace, kind  # noqa: S101 - what is not indexed is never changed
        return (
            f"INSERT INTO {kind.table} BY NAME SELECT * FROM incoming ANTI JOIN {kind.table} USING ({keys})"  # noqa: S608 - ours
        )
    others = [f'"{name}" = excluded."{name}"' for name in kind.model_fields if name not in kind.key]
    conflict = f"DO UPDATE SET {', '.join(others)}" if replace and others else "DO NOTHING"
    return f"INSERT INTO {kind.table} BY NAME SELECT * FROM incoming ON CONFLICT ({keys}) {conflict}"  # noqa: S608 - our names
