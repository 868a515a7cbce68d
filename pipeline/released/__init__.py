"""A release as anybody finds it: its columns, its rows, what differs between two; no store is asked."""
