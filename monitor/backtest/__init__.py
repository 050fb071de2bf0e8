"""Run past entries through the pipeline with two configurations, and compare their hits and notifications."""
