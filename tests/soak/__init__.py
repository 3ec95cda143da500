"""What takes longer than a test run: ``python -m tests.soak NAME``.

Read in this order: ``inside`` (hands in the process of the window), ``ways`` (how a window can end), ``quits`` (start
it and end it, again and again), ``__main__``.
"""
