"""How facts are shown: states as icon and word, numbers and moments as text, charts as geometry. No HTML."""
