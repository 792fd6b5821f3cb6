"""JSON: tokens for programs, and the places a member works with."""
