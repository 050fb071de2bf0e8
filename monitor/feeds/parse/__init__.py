"""From the bytes of a document to its entries: parsing in worker processes, cleaning of texts, identity."""
