"""Numbers as texts write them, in digits or words, become exact decimals, and decimals become plain strings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

_DIGITS = re.compile(r"[0-9][0-9.,'\u2019\s]*")
_GAP = re.compile(r"[\s'\u2019]+")
_VULGAR = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_WORD = re.compile(r"[a-z]+")


def read_number(text: str, words: Mapping[str, str], *, decimal_comma: bool = False) -> Decimal | None:
    """A number in digits ("1,250.5", "1 250", "1.250.000,5", "2½") or words ("twenty-five"); None when it is neither.

    `words` gives what each number word stands for; `decimal_comma` reads "1.500" as fifteen hundred.
    """
    text = text.strip()
    sign = Decimal(1)
    if text[:1] in "-−–+":
        sign = Decimal(1) if text[:1] == "+" else Decimal(-1)
        text = text[1:].strip()
    elif text[:6].lower() == "minus ":
        sign, text = Decimal(-1), text[6:].strip()
    if text[-1:] in _VULGAR:
        whole = read_number(text[:-1], words) if text[:-1].strip() else Decimal(0)
        return None if whole is None else sign * (whole + _VULGAR[text[-1]])
    value = _read_digits(text, decimal_comma=decimal_comma) if _DIGITS.fullmatch(text) else _read_words(text, words)
    return None if value is None else sign * value


def _read_digits(text: str, *, decimal_comma: bool) -> Decimal | None:
    text = _GAP.sub("", text).rstrip(".,")
    marks = [char for char in text if char in ".,"]
    if not marks:
        return Decimal(text)
    last = marks[-1]
    head, _, tail = text.rpartition(last)
    grouped = len(tail) == 3 and (len(marks) > 1 or last == "," or decimal_comma)
    if grouped and len(marks) > 1 and len(set(marks)) == 2:
        # "1,234.567": the last mark differs from those before it and is the decimal one.
        grouped = False
    digits = head.replace(".", "").replace(",", "")
    return Decimal(digits + tail) if grouped else Decimal(f"{digits or '0'}.{tail}")


def _read_words(text: str, words: Mapping[str, str]) -> Decimal | None:
    """Sum of number words: "two hundred and forty-one thousand", "two and a half", "a quarter"."""
    total = current = Decimal(0)
    seen = False
    for word in _WORD.findall(text.lower()):
        if word in ("and", "of", "point"):
            continue
        if word in ("a", "an"):
            current += 0 if seen else 1
            seen = True
            continue
        if word not in words:
            return None
        value = Decimal(words[word])
        if value < 1:
            # "a half" is a half; "two and a half" is two and a half; "three quarters" is three of them.
            current = _with_fraction(current, value, text.lower())
        elif value == 100 or value >= 1000:
            current = max(current, Decimal(1)) * value
            if value >= 1000:
                total, current = total + current, Decimal(0)
        else:
            current += value
        seen = True
    return total + current if seen else None


def _with_fraction(current: Decimal, value: Decimal, text: str) -> Decimal:
    if " and " in text:
        return current + value
    return max(current, Decimal(1)) * value


def write_number(value: Decimal, *, places: int = 0) -> str:
    """A decimal without exponent: whole when it is whole, else with the places it has, `places` at the least."""
    if value == value.to_integral_value():
        return str(int(value))
    exponent = value.as_tuple().exponent
    shown = -exponent if isinstance(exponent, int) else 0
    if shown < places:
        value = value.quantize(Decimal(1).scaleb(-places))
    return f"{value:f}"
