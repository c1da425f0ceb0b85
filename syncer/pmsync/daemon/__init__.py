"""The daemon: a pass on a schedule, and soon after a webhook says that something moved.

A webhook is only a hint. What it misses, the schedule finds.
"""
