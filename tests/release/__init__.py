"""What people install, built and tried: ``python -m tests.release``.

Read in this order: ``loopback`` (a machine without a network), ``frozen`` (the frozen programs as processes), ``built``
(what is built, once for all tests), then the tests. They are marked ``release`` and no part of the normal run.
"""
