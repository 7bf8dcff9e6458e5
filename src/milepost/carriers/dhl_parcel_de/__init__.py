"""DHL Paket (Germany): piece detail query."""
