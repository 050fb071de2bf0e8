"""One document on its way: identify, match, judge, assign its story, decide, store; and what follows later."""
