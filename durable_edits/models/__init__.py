"""What rules cannot read, asked of a language model: one that an operator has named, and only about fields left open.

`names` says which, `question` what it is told, `answer` what it may say, `support` what of that is believed;
`provider` alone speaks to the network.
"""
