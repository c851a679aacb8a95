"""The spaCy components of the claims pipeline, one a module."""
