"""Putting a release where others find it: a folder, object storage, the Hugging Face Hub. Whole, or not at all."""
