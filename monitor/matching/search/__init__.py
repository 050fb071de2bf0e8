"""Search a text for names: look up each word in an index of rare words (anchors), then compare the whole name."""
