"""Remote services behind three interfaces; the only package that imports openai."""
