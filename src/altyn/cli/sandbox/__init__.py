"""The commands of the sandbox: `altyn cards` and `altyn clock`."""
