"""The verbs of identity: try and guess (budgets), show a second factor (factors), sign in (signing_in), stay signed in
and leave (sessions)."""
