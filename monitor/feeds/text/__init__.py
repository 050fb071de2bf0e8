"""Character sets, repair of broken XML, dates, links and the cleaning of text, for documents of any format. Pure."""
