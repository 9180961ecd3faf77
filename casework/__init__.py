"""The case store: what people do after a list is published, as events in a database of its own that nobody edits.

events.py says what an event is, payloads.py what each kind says, store.py keeps them and gives them back, states.py derives from
them where every case stands, steps.py judges what may come next. Nothing here knows an engine or a table of the lake: jobs read
what is derived from here, and people write here alone.
"""
