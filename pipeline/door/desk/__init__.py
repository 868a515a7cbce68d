"""The annotators' work page: one button, what waits, what was done, how it was judged, and what is kept of them."""

from pipeline.door.desk.routes import routes

__all__ = ["routes"]
