"""Contracts: what every delivered data set and every table of the lake must look like."""
