"""Policy commentaries in, review-ready claims out."""
