"""Slips of the pen for made lists: transposed letters, other spellings of a size, dropped and respelled brands."""

from random import Random


def slip(random: Random, word: str) -> str:
    """Two neighbouring letters change places, in words long enough to be still recognised."""
    if len(word) < 5 or not word.isalpha():
        return word
    at = random.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def slips(random: Random, text: str, chance: float) -> str:
    """At most one slip in a text."""
    parts = text.split(" ")
    if random.random() < chance:
        at = random.randrange(len(parts))
        parts[at] = slip(random, parts[at])
    return " ".join(parts)


def respell(random: Random, brand: str) -> str:
    ways = [brand.upper(), brand.replace(" ", "-"), brand.replace(" ", ""), f"{brand} Co.", brand.lower()]
    return random.choice(ways)


def weight(random: Random, grams: str) -> str:
    """One weight, said another way: 3.5 g is an eighth."""
    named = {"3.5": ["1/8 oz", "Eighth", "eighth"], "7": ["1/4 oz", "Quarter"], "14": ["Half Ounce", "1/2 oz"]}
    named |= {
        "28": ["1oz", "Ounce", "1 oz"],
        "0.5": [".5g", "500mg", "1/2 Gram", "Half Gram"],
        "1": ["1000mg", "1 gram"],
    }
    return random.choice(
        [f"{grams}g", f"{grams} g", f"{grams}0g" if "." in grams else f"{grams}.0g", *named.get(grams, [])]
    )


def pack(random: Random, count: int, each: str, total: str) -> str:
    """`5pk 2.5g`, `5 x 0.5g`, `.5g | 5 Pack | 2.5g`."""
    ways = [f"{count}pk ({total}g)", f"{count} Pack {total}g", f"{count}ct - {total}g", f"{count} x {each}g"]
    ways += [f"{count}x{each}g", f"{each}g | {count} Pack | {total}g", f"({total}g) {count}-pack"]
    return random.choice(ways)
