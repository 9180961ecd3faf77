"""State the purpose: what the results of this run may be used for, on record before anything is joined.

Supervision rests on the powers of the supervising office, a check on the authorisation that each applicant signed. They are two
purposes: what was handed over for a check is read by the check alone (decision 0015).

Reads   ops.purposes                 what earlier runs served
Writes  ops.purposes                 one row per day and purpose             key as_of, purpose
Re-run  safe: a purpose of a day is on record once.
"""
