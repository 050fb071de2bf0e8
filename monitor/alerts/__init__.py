"""Who is told what, and how: policy, retry and rendering are pure; ``send`` is the only door to Apprise."""
