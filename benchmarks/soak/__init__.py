"""A daemon for many simulated days, with faults, judged by what the generator of its feeds knows.

python -m benchmarks.soak --days 30

clock      the simulated clock, in a file that the rig and the daemon share
newsroom   the entries of the feeds, and which destinations must receive each of them; knows nothing of monitor/
plan       the faults, drawn from a seed
servers    the web server of the feeds and webhooks, and the mail server, with outages
daemon     ``monitor run`` on the simulated clock
rig        starts, kills and restarts the daemon, and carries out the plan
verdict    compares what destinations received with what they must receive
measures   memory, descriptors, tasks and file sizes over time, and their slopes
report     the report with its plots
"""
