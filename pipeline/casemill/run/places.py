"""How a worker process notes the place of the report it is at, for when it can't tell any more."""

import struct

__all__ = ["IDLE", "PLACE"]

#: The place as it stands in the file that a worker and its supervisor share.
PLACE = struct.Struct("q")
#: The place of no report.
IDLE = -1
