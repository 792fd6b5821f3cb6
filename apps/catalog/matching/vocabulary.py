"""The trade's and the shop's words, as data: forms, strain types, colours, and words that tell nothing apart."""

FORMS = {
    "flower": "flower bud buds prepack jar jarred mylar smalls popcorn shake trim",
    "preroll": "preroll prerolls joint joints cannon cannons roll rolls dogwalker dogwalkers",
    "blunt": "blunt blunts",
    "cartridge": "cart carts cartridge cartridges pod pods vape vapes",
    "disposable": "disposable disposables aio",
    "concentrate": "concentrate concentrates badder batter budder shatter wax crumble sugar sauce hash rso syringe "
    "diamonds",
    "gummy": "gummy gummies chew chews edible edibles pearls",
    "chocolate": "chocolate chocolates brownie cookie",
    "drink": "drink beverage seltzer soda tea lemonade",
    "tincture": "tincture tinctures drops",
    "topical": "topical topicals balm lotion ointment salve",
}
FORM_OF = {word: form for form, words in FORMS.items() for word in words.split()}
SYNONYM = {"cart": "cartridge", "carts": "cartridge", "joint": "preroll", "joints": "preroll", "dispo": "aio"}
SYNONYM |= {"disposable": "aio", "disposables": "aio", "gummy": "gummies", "batter": "badder", "prepack": "flower"}
INHALED = frozenset({"flower", "preroll", "blunt", "cartridge", "disposable", "concentrate"})
EATEN = frozenset({"gummy", "chocolate", "drink", "tincture", "topical"})
STRAIN_TYPE = {"i": "I", "indica": "I", "s": "S", "sativa": "S", "h": "H", "hybrid": "H"}


def _all(words: str) -> frozenset[str]:
    return frozenset(words.split())


COLOURS = _all("""
    black white silver gray grey red blue green pink orange yellow purple brown beige gold bronze ivory bisque charcoal
    titanium graphite platinum burgundy maroon navy teal turquoise cherry walnut espresso mahogany chrome lime cream
    stainless violet tan copper
""")
SAME_COLOUR = {"grey": "gray", "charcoal": "black", "graphite": "gray", "titanium": "silver", "platinum": "silver"}
COMPANY = _all("co company corp inc llc ltd cannabis extracts confections brand brands electronics the")
FILLER = _all("a an and for in of on or the to with w by from new")
