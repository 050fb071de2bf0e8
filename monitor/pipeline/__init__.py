"""The pipeline for one document (identify, match, judge, assign story, decide, store), and timers that run later."""
