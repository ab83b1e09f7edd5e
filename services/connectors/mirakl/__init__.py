"""The Mirakl connector: one for every operator."""
