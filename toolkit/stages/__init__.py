"""The stages of a workspace, from articles to dataset: each reads files and writes files, and can be run alone.

This is where the rooms meet; the commands and the demo only call it.
"""
