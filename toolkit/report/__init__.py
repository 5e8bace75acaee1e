"""What people look at: the project's state as one page, and its twin for programs."""
