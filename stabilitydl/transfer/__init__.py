"""The byte path: from a remote address to a verified file under its final name.

Read in this order: ``fetch`` (what is here, every byte, verify, finalize), ``mode`` (pure: what follows when that
fails), ``fetching`` (what the steps share), ``probe`` (the first request), ``run`` and ``plan`` (pure: which ranges are
missing, which comes next), ``segment`` (one connection's loop: take a range, read, limit, write; retry and back off) or
``stream`` (all of it in one answer), ``body`` (one ranged GET: checks status, Content-Range, validator, encoding),
``validator`` (pure: which version an answer is of), ``reader`` (notices who sends next to nothing), ``bandwidth`` (the
speed limits), ``bucket`` and ``fairness`` (pure: how much may be read, and by whom). Beside them: ``copy`` (the same
from a file that is here), ``mend`` (what is right of a damaged one), ``route`` (the current address, renewed when it
expires), ``retry`` (pure: when to try again and when to stop), ``had`` (pure: which bytes came before), ``patience``
(how long servers are waited for), ``beginning`` (watches the first bytes), ``sniff`` (pure: is this a web page instead
of a model?), ``order`` (the values that go in and come out).
"""
