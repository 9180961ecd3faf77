"""Starting a job: settings, context, purposes, the model store."""
