"""Bringing tasks to Label Studio: which, in what order, each once, and asked for as many votes as are wanted."""
