"""Access: which role may give which command and see what in full, and the second person without whom some things are not done.

Off unless the configuration turns it on (`access.enabled`): a laptop has no groups. `roles` says who is who, `approvals` asks the second
person. What the operating system lets an account read, it may read: see docs/roles.md.
"""
