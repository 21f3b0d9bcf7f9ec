"""Trains Clipscope's own CLIPs, and measures how they scale."""
