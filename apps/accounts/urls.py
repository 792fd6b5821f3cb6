"""The doors of this app: pages in `portal`, JSON in `api`."""

portal: list = []
api: list = []
