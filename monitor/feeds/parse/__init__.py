"""From the bytes of a document to its entries: parsing in worker processes, cleaned text, identity."""
