"""The pages of the tool: those that are read, and those on which a profile changes."""
