"""Normalised values from the text of an entity: pure functions of strings."""
