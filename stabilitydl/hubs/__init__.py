"""Hubs: from what a user pastes to a collection with its resources, and to a fresh request for each of them.

Read in this order: ``protocol`` (what every hub can do), ``registry`` (which hub takes a locator), ``standard`` (the
hubs of the product), ``plugins`` (hubs of others), ``children`` (what all hubs share when they list files), ``merging``
(several locators of one collection), ``news`` (what is new in a collection that is known), ``urls`` (addresses that
people type), ``signed`` (what of them is secret), ``direct`` (an address, or a list file of them), ``lists``,
``json_lists`` and ``entry`` (the formats of list files), ``metalink`` and ``metalink_reader`` (files with several
addresses), ``lockfile`` (a collection written down, and read again), ``moments`` (times), ``wire`` (hub answers as
bounded, tolerant JSON), ``words`` (what hubs call things, made safe to show), ``lookalikes`` (owners that may be taken
for others).

``civitai`` (model pages and creators), ``civitai_locator`` and ``air`` (the ways to write one), ``civitai_api`` (its
calls), ``civitai_shapes`` (its answers, old and new), ``civitai_digests`` (files of which only the digests are known).

``github`` (files of releases), ``openmodeldb`` (upscalers, wherever they lie).

``repositories`` (what the hubs of git repositories share), ``huggingface`` (models, datasets and spaces),
``huggingface_locator`` (the ways to write one), ``huggingface_shapes`` (its answers), ``huggingface_refusals`` (what
its refusals mean); ``modelscope`` (models and datasets), ``modelscope_locator``, ``modelscope_shapes``,
``modelscope_tree`` (all files, although no answer gives them all); ``patience`` (asking again).
"""
