"""Dutchie's POS: `pos` asks, `payloads` reads what it answers."""

SERVICE = "Dutchie POS"
