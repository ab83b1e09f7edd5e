"""One front door on one machine: every service's routes in one process, every service's loops in a few."""
