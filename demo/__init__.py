"""The demo's own estate: its services, its clients, and the story that `./run demo` tells.

`service` and `client` are programs of the standard library alone and share no code with Warifu:
what they count is what anybody would count. `estate` builds files and configuration, `naive`
swaps everything at once, `run` tells the story.
"""
