"""Sweeps: kill, fail, shorten or cut off the power at the n-th system call, for every n, and look at what is left.

``python -m tests.sweeps`` runs them all and prints one table; ``test_sweeps`` runs a short subset. A process of the
real engine brings a small pack from a real server; the functions of ``disk.os_posix`` are replaced in that process from
outside, so that the product has no switch for it. Then a clean process starts, and everything has to be in order.

Read in this order: ``faults`` (what may happen), ``actions`` (what a process is told to do), ``child`` (the process
that it happens to), ``nursery`` (makes such processes fast), ``pack`` (the files and the server), ``judge`` (what is
wrong afterwards), ``stories`` (what happens before, and how it has to end), ``kills``, ``errnos``, ``power`` (the
sweeps), ``controls`` and ``proofs`` (defects on purpose that the sweeps have to notice, each as one kind of failure),
``trace`` (does every system call of the write path go through ``disk.os_posix``?), ``soak`` (the whole program, killed
again and again), ``table``, ``plan`` (all of them by name).
"""
