"""Text as the matcher reads it: folded to plain lower-case letters, cut into words, packed for the n-grams."""

import re
import unicodedata

WORD = re.compile(r"[a-z0-9]+(?:[.][0-9]+)?")
SEPARATOR = re.compile(r"\s+-+\s+|\s*[|:;]\s*|\s+/\s+")
ODD = str.maketrans("’‘′″“”–—×", "'''\"\"\"--x") | str.maketrans({"½": " 1/2", "¼": " 1/4", "⅛": " 1/8"})


def fold(text: str) -> str:
    """Lower case, accents off, typographic marks made plain. `Grön – ½ Gram` is `gron - 1/2 gram`."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.translate(ODD))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()


def words(folded: str) -> list[str]:
    return WORD.findall(folded)


def squeeze(folded: str) -> str:
    """Letters and digits alone, so that `DVM-63 HD` holds the code `dvm63hd`."""
    return re.sub(r"[^a-z0-9]+", "", folded)
