"""Label Studio's two screens across articles: label configs, tasks, and what their results say. No server in here.

``entities``   who is who in a story: a sheet with all its mentions, a task a story
``claims``     how two claims bear on each other, a task a pair
``instructions``  what annotators read about both
"""
