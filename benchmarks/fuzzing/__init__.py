"""Whatever the bytes: each file that comes from outside is read, or refused in words, soon and in bounds, and no row of it is lost."""
