"""Taking care of a project as a whole: whether both sides agree, and copies of both sides at a matching point."""
