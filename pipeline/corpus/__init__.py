"""All records as they were read: shards of Parquet in a folder or in object storage."""

from pathlib import Path

from pipeline.corpus.base import SHARD, Corpus
from schemas.project import Engine

__all__ = ["SHARD", "Corpus", "corpus_of"]


def corpus_of(config: Engine, folder: Path) -> Corpus:
    """The corpus of the project in a folder."""
    return Corpus(config.corpus or str(folder / "corpus"))
