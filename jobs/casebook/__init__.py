"""The casebook: the case store as jobs meet it. Opened beside OUT, taken over from earlier versions, shown in tables of the lake."""
