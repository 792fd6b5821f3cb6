"""Pages: signing in and out, the second factor, a person's own security, and the choices they keep."""
