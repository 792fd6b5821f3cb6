"""Seeded lists whose right pairs are known because they were made: a dispensary's menu, electronics, groceries."""

from dataclasses import dataclass
from itertools import product
from random import Random

from apps.catalog.matching import Item

from . import noise
from .words import BRANDS, FLAVOURS, FOODS, GADGETS, LINES, MAKERS, PACKS, SHADES, STRAINS, WEIGHTS


@dataclass(frozen=True)
class Lists:
    left: list[Item]
    right: list[Item]
    gold: set[tuple[str, str]]


@dataclass(frozen=True)
class Thing:
    """A true cannabis product, behind its two descriptions. `count` is 0 for a single."""

    brand: str
    line: str
    form: str
    strain: str
    kind: str
    size: str
    count: int = 0
    each: str = ""

    def plain(self) -> str:
        size = f"{self.count}pk ({self.size})" if self.count else f"({self.size})"
        return f"{self.brand} - {self.line} - {self.strain} ({self.kind}) {size}"

    def noisy(self, random: Random, drop: float = 0.15, slipped: float = 0.25) -> str:
        strain = noise.slips(random, self.strain, slipped)
        brand = "" if random.random() < drop else noise.respell(random, self.brand)
        kind = random.choice([f"({self.kind})", "", {"I": "Indica", "S": "Sativa", "H": "Hybrid"}[self.kind]])
        parts = [part for part in (brand, self.line, strain, kind, self._size(random)) if part]
        if random.random() < 0.3:
            parts[0], parts[1] = parts[1], parts[0]
        elif random.random() < 0.3:
            parts.insert(random.randrange(1, len(parts)), parts.pop())
        return random.choice([" - ", " | ", " "]).join(parts)

    def _size(self, random: Random) -> str:
        if self.size.endswith("mg"):
            dose = self.size[:-2]
            return (
                random.choice([f"{dose}mg", f"{dose} mg", f"{int(dose) // 10}mg / 10 pack"])
                if self.count
                else self.size
            )
        grams = self.size[:-1]
        return noise.pack(random, self.count, self.each, grams) if self.count else noise.weight(random, grams)


def things(random: Random, families: int) -> list[Thing]:
    """Families of near neighbours: one brand, line and strain in every weight or pack it is sold in."""
    made: dict[tuple, Thing] = {}
    while len(made) < families * 3:
        brand, strain = random.choice(BRANDS), random.choice(STRAINS)
        line, form = random.choice(LINES)
        kind = Random(strain).choice("ISH")
        for size in WEIGHTS[form]:
            made[brand, line, strain, size, 0] = Thing(brand, line, form, strain, kind, size)
        for count, each, size in PACKS.get(form, []):
            made[brand, line, strain, size, count] = Thing(brand, line, form, strain, kind, size, count, each)
    return list(made.values())


def cannabis(seed: int, families: int = 700, *, columns: bool = True, dropped: float = 0.15) -> Lists:
    """A POS's list beside a catalogue. `columns`: both have a brand column, empty where the left name drops it."""
    random = Random(seed)
    all_things = things(random, families)
    left, right, gold = [], [], set()
    for number, thing in enumerate(all_things):
        mine, theirs = random.random() < 0.75, random.random() < 0.85
        if mine:
            name = thing.noisy(random, dropped)
            said = thing.brand.lower().replace(" ", "") in name.lower().replace(" ", "").replace("-", "")
            brand = noise.respell(random, thing.brand) if columns and said else ""
            left.append(Item(id=f"L{number}", name=name, brand=brand))
        if theirs:
            right.append(Item(id=f"R{number}", name=thing.plain(), brand=thing.brand if columns else ""))
        if mine and theirs:
            gold.add((f"L{number}", f"R{number}"))
    random.shuffle(left)
    random.shuffle(right)
    return Lists(left, right, gold)


def electronics(seed: int, size: int = 1200) -> Lists:
    """Titles with model numbers: hyphens come and go, some titles leave the number out, colours are siblings."""
    random = Random(seed)
    left, right, gold = [], [], set()
    for number in range(size):
        maker, (gadget, spec, figures) = random.choice(MAKERS), random.choice(GADGETS)
        stem = "".join(random.choice("ABCDEFGHKLMNPRSTVWX") for _ in range(random.choice((2, 3))))
        digits = random.randrange(100, 9999)
        figure = spec.format(random.choice(figures))
        for shade in random.sample(sorted(SHADES), random.choice((1, 1, 2))):
            mine, theirs = random.random() < 0.8, random.random() < 0.8
            code, key = f"{stem}{digits}{SHADES[shade]}", f"{number}{shade}"
            if mine:
                left.append(Item(id=f"L{key}", name=f"{maker} {figure} {gadget} In {shade} - {code}"))
            if theirs:
                name = _title(random, maker, gadget, figure, shade, f"{stem} {digits}", SHADES[shade])
                right.append(Item(id=f"R{key}", name=name, description=f"{figure} - {shade}"))
            if mine and theirs:
                gold.add((f"L{key}", f"R{key}"))
    random.shuffle(right)
    return Lists(left, right, gold)


def _title(random: Random, maker: str, gadget: str, figure: str, shade: str, code: str, tail: str) -> str:
    hyphened, joined = code.replace(" ", "-"), code.replace(" ", "")
    shown = random.choice([hyphened + tail, joined + tail, code, hyphened, ""])
    parts = [maker, shown, noise.slips(random, gadget, 0.1), random.choice([figure, ""])]
    return " ".join(" ".join([*parts, random.choice([shade, f"({shade})", ""])]).split())


def groceries(seed: int, makers: int = 12) -> Lists:
    """No codes at all: brand, flavour, food, size; the neighbours are the other size and the other flavour."""
    random = Random(seed)
    left, right, gold = [], [], set()
    for maker, (food, sizes), flavour in product(random.sample(MAKERS, makers), FOODS, FLAVOURS):
        if random.random() < 0.6:
            continue
        for size, ways in sizes.items():
            key = f"{maker}{food}{flavour}{size}".replace(" ", "")
            mine, theirs = random.random() < 0.8, random.random() < 0.8
            if mine:
                left.append(Item(id=f"L{key}", name=f"{maker} {flavour} {food} {size}"))
            if theirs:
                said = [noise.slips(random, f"{flavour} {food}", 0.2), maker]
                random.shuffle(said)
                right.append(Item(id=f"R{key}", name=f"{', '.join(said)}, {random.choice(ways)}"))
            if mine and theirs:
                gold.add((f"L{key}", f"R{key}"))
    random.shuffle(right)
    return Lists(left, right, gold)
