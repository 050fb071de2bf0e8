"""Search for names in the words of a text: which words may belong to a name, and where the whole name stands."""
