"""The pipeline for one feed document (identify, match, judge, assign story, decide, store), and its timers."""
