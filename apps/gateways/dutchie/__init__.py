"""Dutchie's POS and back office: `pos` and `backoffice` ask, `payloads` reads what they answer."""

SERVICE = "Dutchie POS"
BACKOFFICE = "Dutchie Backoffice"
