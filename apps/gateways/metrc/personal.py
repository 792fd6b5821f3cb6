"""Drivers' licence numbers. METRC echoes them in transfers, templates and refusals; of what it says, nothing that is
kept or logged holds more than how they end."""

import re

FIELD = re.compile(r'("Driver\w*Licen[sc]e\w*"\s*:\s*")((?:[^"\\]|\\.)*)')
SHORT = 4


def numbers(text: str) -> set[str]:
    """The licence and permit numbers in a body of ours that are long enough to be told from other words."""
    return {found[2] for found in FIELD.finditer(text) if len(found[2]) > SHORT}


def masked(text: str, known: set[str]) -> str:
    """JSON whose fields name a driver's licence keep its last four; `known` numbers are masked wherever they stand."""
    text = FIELD.sub(lambda found: found[1] + ending(found[2]), text)
    for number in sorted(known, key=len, reverse=True):
        text = text.replace(number, ending(number))
    return text


def ending(number: str) -> str:
    """…9920; "" stays ""."""
    return f"…{number[-SHORT:]}" if len(number) > SHORT else "…" if number else ""
