"""Pictures of hubs: previews and avatars, kept as files under the digest of their bytes.

In reading order: ``formats`` (which bytes are a picture that may be shown), ``cache`` (what is kept, and what is known
of each address), ``ask`` (asking a hub whether a picture is still the same).
"""
