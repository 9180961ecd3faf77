"""The audit log: who did what with a city's data, when, from where and for which purpose, and what a run vouches for afterwards.

Kept in a folder of its own, OUT/audit or the one that MINGJING_AUDIT names. `log` writes lines, `chain` says whether one was changed,
`calls` says what is written of a command, `vouched` what the lake and the lists looked like when a command had ended.
"""
