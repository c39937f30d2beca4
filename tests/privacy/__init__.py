"""What is known of people, and forgotten."""
