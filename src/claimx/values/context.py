"""What a document tells about its values: when it was published, whose dollar it counts in, how it writes dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings that a normaliser may need; every field may be unknown."""

    published: str | None = None
    """ISO 8601 date, as precise as it is known: 2025, 2025-10 or 2025-10-31."""
    dollar: str = "USD"
    """ISO 4217 code of a bare `$`."""
    rupee: str = "INR"
    """ISO 4217 code of a bare `Rs`."""
    numeric_order: Literal["day", "month"] | None = None
    """What comes first in dates such as 03/04/2024; None leaves an ambiguous one unresolved."""
