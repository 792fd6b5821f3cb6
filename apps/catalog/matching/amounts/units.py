"""The units names are written in. Own units: mass and dose in mg, volume in ml, storage in MB, the rest as written."""

from fractions import Fraction

# The trade's ounce is 28 g, not 28.35 (an "eighth" is 3.5 g); `readings.SAME` lets the two agree.
FAMILIES = {
    "dose": {"mg milligram milligrams": 1, "mcg": Fraction(1, 1000)},
    "mass": {
        "g gr gm gram grams": 1000,
        "kg kilo": 1000000,
        "oz ounce ounces": 28000,
        "lb lbs pound pounds": 448000,
    },
    "volume": {
        "ml milliliter milliliters": 1,
        "cl": 10,
        "l liter liters litre litres ltr": 1000,
        "floz": Fraction(2957, 100),
        "gal gallon gallons": 3785,
    },
    "count": {"pk pks pack packs ct count pc pcs piece pieces caps capsule capsules tablets": 1},
    "storage": {"mb": 1, "gb": 1000, "tb": 1000000},
    "length": {"\" '' ' inch inches": 1},
    "distance": {"ft feet foot": 1},
    "metric": {"mm": 1, "cm": 10},
    "pixels": {"mp megapixel megapixels": 1},
    "power": {"w watt watts": 1},
    "voltage": {"v volt volts": 1},
    "charge": {"mah": 1},
    "channels": {"channel channels": 1},
    "ports": {"port ports": 1},
    "zoom": {"x": 1},
    "frequency": {"hz": Fraction(1, 10**9), "mhz": Fraction(1, 1000), "ghz": 1},
    "heat": {"btu": 1},
    "sheets": {"sheet sheets": 1},
}
UNITS = {
    unit: (family, size) for family, rows in FAMILIES.items() for units, size in rows.items() for unit in units.split()
}
SIZES = frozenset({"mass", "dose", "volume", "count"})  # they are cut from the name; the rest stay words too
PARTS = {"half": Fraction(1, 2), "quarter": Fraction(1, 4), "eighth": Fraction(1, 8)}
PARTS |= {f"1/{part}": Fraction(1, part) for part in (2, 4, 8)}
OUNCE, GRAM = 28000, 1000
