"""How dates and numbers are written, for languages in which Django has it otherwise than CLDR.

A folder is a language: `formats` has its formats, `LC_MESSAGES` its names of months.
"""
