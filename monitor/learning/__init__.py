"""Learn from past entries how to improve a watchlist: which aliases cause noise, and which names it lacks.

``monitor learn`` prints the results as suggestions.
"""
