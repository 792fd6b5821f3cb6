"""How dates and times read where Django writes them itself: day before month, 24 hours (LOOK.md, "Voice")."""
