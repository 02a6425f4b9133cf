"""Where a step is carried out: this machine, SSH, by hand."""
