"""How we speak to Dutchie, METRC, Odoo and the chain: values in and out, no tables, no models."""
