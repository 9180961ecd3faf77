"""Linking records that carry no usable person number: what is compared, how places are read, how the model was trained."""
