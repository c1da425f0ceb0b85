"""The pure core: words, merge, plan and the ports that the shell implements."""
