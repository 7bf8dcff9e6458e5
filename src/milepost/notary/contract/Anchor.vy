# pragma version ^0.4.0
# Remembers when a hash was first seen. Nobody owns it; nothing can be taken back.

event Anchored:
    root: indexed(bytes32)
    sender: indexed(address)
    time: uint256

time_of: public(HashMap[bytes32, uint256])

@external
def anchor(root: bytes32):
    assert root != empty(bytes32), "empty"
    if self.time_of[root] == 0:
        self.time_of[root] = block.timestamp
        log Anchored(root=root, sender=msg.sender, time=block.timestamp)
