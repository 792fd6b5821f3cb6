"""How every endpoint speaks: problems, pages, idempotency, preconditions (INTERFACE, "API")."""
