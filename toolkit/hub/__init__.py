"""Every word spoken to the Hugging Face Hub."""
