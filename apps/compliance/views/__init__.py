"""Pages: a transfer's papers, and receiving what arrives."""
