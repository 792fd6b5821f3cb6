"""The verbs of identity: try and guess (budgets), show a second factor (factors, passkeys), not be asked for it on a
device (devices), sign in (signing_in, wallets), stay signed in and leave (sessions), forget the password (resetting),
be told of all that by letter (notices)."""
