"""A TB.One account as its REST interface shows it to the merchant: XML, two channels, one call at a time.

Written from the published documents. Where they are silent the sandbox chooses the stricter behaviour: a second call at
the same time is answered with 503, an unknown order or item in a message with 400, a channel that the user is not
approved for with 403. An article number that does not exist is passed over without a word, because the documents say
that 200 tells nothing about the content; so is one that a catalogue names without a name for its product, or without
the options its neighbours have. An import deletes nothing, and the order of images is that of the file that named them
last.
"""
