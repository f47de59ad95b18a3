"""The visual language every page speaks: tokens, base templates, components, map and charts."""
