"""The frame of `manage.py bench`: a workload beside its peers and its limit, measured in turns on ground of its own."""
