"""Lets the tests of the corpus scripts import them as `corpus/build.py` does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "corpus"))
