"""``doctor``: does everything that the product stands on work here? Nothing is repaired, nothing is left behind.

Read ``finding`` (what a check says) and ``run`` (all checks, as text or JSON), then the checks: ``program`` (what is
installed), ``folders`` (where data lies, and what its volumes can do), ``network`` (certificates, proxies),
``desktop`` (keyring, display, notifications).
"""
