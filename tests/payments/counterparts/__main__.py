"""Run the stubs as a process of their own: `python -m tests.payments.counterparts [port]` names its port and serves."""

import sys

from .server import listen

server = listen(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
print(server.server_address[1], flush=True)
server.serve_forever()
