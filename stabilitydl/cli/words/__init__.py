"""What may be typed: each command with its options, read into a request; its module is imported when it runs.

``bring`` (files that come), ``shelf`` (files that are here, or on the list), ``steer`` (files that are on their way, or
are to go), ``program`` (the program itself). The table of all commands is in ``app``.
"""
