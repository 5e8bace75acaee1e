"""What a program thinks is in an article, shown to annotators before they begin: they accept, change or delete it."""
