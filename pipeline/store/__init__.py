"""The store: dated facts in DuckDB, one writer under a lock, readers on a published snapshot.

The only code that imports duckdb.
"""

from pipeline.store.place import StorePlace
from pipeline.store.store import Store

__all__ = ["Store", "StorePlace"]
