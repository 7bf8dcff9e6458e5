"""The living sample network behind `milepost demo`: invented shipments of real carriers' kinds."""
