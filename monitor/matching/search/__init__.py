"""Search a text for names: look up each word in an index of the names' rarest words, then compare the whole name."""
