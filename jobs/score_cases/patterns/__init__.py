"""Kinds of strangeness: a file each, told by what chance alone would bring and not by a quota."""
