"""The pages of initiatives: those that show, those that change, and the words and mappings they are made of."""
