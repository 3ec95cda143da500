"""Talking to servers. Read in this order:

``request`` (what is asked) and ``answer`` (what came), ``status`` (what a code means), ``client`` (redirects,
credentials, limits), ``redirects``, ``origins`` (who is who, and what is private), ``credentials``, ``governor``
(budget per host and cool-down), ``transport`` (pools and checks), ``faults`` (foreign exceptions become ours).
"""
