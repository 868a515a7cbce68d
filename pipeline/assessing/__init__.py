"""Quality as the facts have it: agreement, truth, people and errors, read from the store and never written."""
