"""The rules: one row each, named as oasdiff names it where it has one."""
