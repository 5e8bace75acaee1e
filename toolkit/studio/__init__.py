"""Every word spoken to Label Studio."""
