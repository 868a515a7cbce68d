"""Releases made into the formats that trainers load."""
