"""What every job runs on: settings, engine session, lake, run report."""
