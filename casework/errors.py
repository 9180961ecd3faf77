"""Why the case store was not used, or took nothing in. Each is a sentence for a person; the callers decide how it is told."""


class CaseworkError(Exception):
    """Nothing was taken in."""


class UnusableStore(CaseworkError):
    """The database cannot be opened, or holds what this version did not write; it was left as it is."""


class BadAddress(CaseworkError):
    """What names the database names none that can be used."""


class Contradiction(CaseworkError):
    """The same event was recorded before with another restricted fact; which of the two holds is for people to say."""


class StepRefused(CaseworkError):
    """A case does not stand where this may be done with it."""
