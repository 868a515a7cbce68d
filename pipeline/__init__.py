"""The stages, the store between them, the seams to the outside, and the command line."""
