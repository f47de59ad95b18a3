"""How ``make docs`` builds these pages."""

project = "Metropolis"
project_copyright = "Metropolis contributors"
html_title = "Metropolis"
html_theme = "furo"
html_copy_source = False
extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
# Attributes that pydantic adds to every value.
autodoc_default_options = {"members": True, "exclude-members": "model_config, model_fields, model_computed_fields"}
