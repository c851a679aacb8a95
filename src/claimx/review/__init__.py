"""Decisions of annotators, and the local page where they are taken."""
