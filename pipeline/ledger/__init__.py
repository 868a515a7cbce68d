"""The door's ledger: who holds which task, what happened when, who may come in. One SQLite file, open to several."""

from pipeline.ledger.place import LedgerPlace

__all__ = ["LedgerPlace"]
