"""Numbers made by the original implementations, which the TypeScript tests are held to."""
