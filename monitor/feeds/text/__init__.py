"""Read the text of documents of any format: charsets, repair of broken XML, dates, links, and plain text."""
