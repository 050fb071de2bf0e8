"""Replays past entries through the pipeline, for two configurations, and compares hits and notifications."""
