"""Taking a connection over from an older interface: what its export says becomes a connection that is still off."""
