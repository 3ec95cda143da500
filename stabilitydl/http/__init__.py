"""Talking to servers. Read in this order:

- ``request`` (what is asked), ``answer`` (what came) and its ``headers``, ``status`` (what a code means);
- ``client`` (one request from beginning to end), ``redirects``, ``origins`` (who is who, and what is private),
  ``credentials`` (tokens bound to origins), ``accounts`` (which hubs have some), ``vault`` (the keyring of the
  system), ``governor`` (who may ask which host now, and cool-down), ``budget`` (how much a host bears);
- ``sender`` (one request, one answer; imported with the first one), ``transport`` (the httpx transport: routes and
  pools), ``plain`` (what needs no parser), ``bodies`` (read past the parser or through it), ``pools``, ``proxies``,
  ``trust`` (certificates), ``faults`` (foreign exceptions become ours), ``logs`` (foreign loggers keep quiet);
- ``network`` (what httpcore's pools stand on: wide reads), ``framing`` (where heads and bodies end), ``links``
  (sockets and TLS), ``attempts`` (who may try to connect), ``connecting`` (names and addresses).
"""

from __future__ import annotations

import sys

# httpx would import its own command line, and with it rich, pygments and click; it goes on without.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
