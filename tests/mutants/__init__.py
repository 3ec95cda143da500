"""Small faults put into the byte path on purpose: do its tests notice?

``python -m tests.mutants`` applies each fault of ``table`` to a copy of the project, runs the tests that should
notice it there, and prints which were killed and which survived. Not part of the normal test run.
"""
