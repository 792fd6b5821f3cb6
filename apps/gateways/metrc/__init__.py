"""METRC's web API, version 2: one licence's packages, transfers and templates."""

SERVICE = "METRC"
