"""Whether, when and how each destination is notified about a hit. Pure."""
