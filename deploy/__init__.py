"""What a deployment needs beside the portal: docs/deploy.md and docs/operate.md."""
