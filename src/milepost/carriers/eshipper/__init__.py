"""eShipper."""
