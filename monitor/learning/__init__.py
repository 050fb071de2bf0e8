"""Learn from past entries what a watchlist lacks: precise aliases, other spellings, new aliases, unknown actors.

``monitor learn`` prints the results as suggestions.
"""
