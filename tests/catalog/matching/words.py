"""The words of made lists. Brands are invented; strains and lines are the trade's own kind of names."""

BRANDS = """Northlight|Alder Labs|Tru Harvest|Jetpacks|Vault Farms|Cedar Key|Moonrise|Kiva Ridge|Diablo Verde|Sluggo|
Amber Road|Dusty Trail|Green Hollow|Canamo|Ozone Peak|Stellar|Wildwood|Harbor Mist|Copper Sun|Nightjar|Savora|Leaflet|
Bright Acre|Mozey|Old Pal Joey|Quartz|Rove Hill|Sable|Timber Wolf|Umami Garden""".replace("\n", "").split("|")
FIRST = """Blue|Purple|Lemon|Sour|Grape|Cherry|Wedding|Alien|Ghost|Northern|Sunset|Banana|Mango|Apple|Permanent|White|
Gorilla|Durban|Jet|Kandy|Pineapple|Strawberry|Tropical|Mint|Velvet|Citral|Triple|Cadillac|Berry|Forbidden""".replace(
    "\n", ""
).split("|")
SECOND = """Dream|Haze|Kush|Diesel|Punch|Cookies|Cake|Runtz|Gelato|Sherbet|Skunk|Poison|Jack|Fritter|Marker|Truffle|
Rainbows|Glue|Chill|Breath""".replace("\n", "").split("|")
STRAINS = [f"{first} {second}" for first in FIRST for second in SECOND]
STRAINS += [
    "GMO",
    "GG4",
    "Gelato 33",
    "Gelato 41",
    "Blue Cream",
    "OG Kush",
    "Bubba Kush",
    "Runtz",
    "Zkittlez",
    "Kashmir",
]
LINES = [
    ("Flower", "flower"),
    ("Flower Smalls", "flower"),
    ("Preroll", "roll"),
    ("Infused Preroll", "roll"),
    ("Live Resin Infused Cannon", "roll"),
    ("Live Resin Cartridge", "cart"),
    ("Distillate Cartridge", "cart"),
    ("AIO Live Rosin", "cart"),
    ("Cured Badder", "wax"),
    ("Live Rosin", "wax"),
    ("Gummies", "gummy"),
]
WEIGHTS = {
    "flower": ["1g", "3.5g", "7g", "14g", "28g"],
    "roll": ["0.5g", "1g"],
    "cart": ["0.5g", "1g"],
    "wax": ["1g", "2g"],
    "gummy": ["10mg"],
}
PACKS = {
    "roll": [(3, "0.5", "1.5g"), (5, "0.5", "2.5g"), (7, "0.5", "3.5g"), (2, "1", "2g")],
    "gummy": [(10, "10", "100mg")],
}
MAKERS = """Sonora|Velis|Pantech|Kestrel|Orion|Halden|Brightway|Novum|Castell|Ridgeline|Lumen|Tessera|Vanta|Ashford|
Calder|Merrow|Quillon|Sorrel|Thornby|Wexford""".replace("\n", "").split("|")
GADGETS = [
    ("LCD HDTV", "{}'", (19, 26, 32, 37, 42, 46, 52)),
    ("Digital Camera", "{} Megapixel", (8, 10, 12, 14)),
    ("MP3 Player", "{}GB", (2, 4, 8, 16)),
    ("USB Flash Drive", "{}GB", (4, 8, 16, 32)),
    ("Cordless Phone System", "{} Handset", (1, 2, 3)),
    ("Home Theater Receiver", "{} Channel", (5, 7)),
    ("Microwave Oven", "{} Cu. Ft.", ("1.2", "1.6", "2.0")),
    ("Ethernet Switch", "{} Port", (5, 8, 16, 24)),
    ("Bookshelf Speakers", "{} Watts", (50, 100, 150)),
    ("Wireless Headphones", "{} Hour", (10, 20, 30)),
]
SHADES = {"Black": "B", "Silver": "S", "White": "W", "Red": "R"}
FLAVOURS = ["Tomato", "Garlic", "Honey", "Sea Salt", "Vanilla", "Hazelnut", "Chili Lime", "Original"]
FLAVOURS += ["Dark Chocolate", "Smoked Paprika"]
OUNCES = {
    "8 oz": ["8oz", "8 Ounce", "227 g"],
    "16 oz": ["16oz", "1 lb", "16 Ounces", "453g"],
    "32 oz": ["2 lb", "32oz"],
}
FOODS = [
    ("Crackers", OUNCES),
    ("Pasta Sauce", OUNCES),
    ("Granola", OUNCES),
    ("Roasted Almonds", {"6 oz": ["6oz", "170g"], "12 oz": ["12 Ounce", "340 g"]}),
    ("Sparkling Water", {"12 fl oz 6 pack": ["6 x 12 fl oz", "6pk 12 fl. oz"], "1 liter": ["1L", "1000 ml"]}),
    ("Protein Bars", {"5 ct": ["5 count", "Pack of 5"], "12 ct": ["12 count", "12 Pack", "box of 12"]}),
]
